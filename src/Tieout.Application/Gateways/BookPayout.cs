using Npgsql;
using Tieout.Application.Banks;
using Tieout.Application.Journals;
using Tieout.Domain.Cash.Gateway;
using Tieout.Domain.Closing;

namespace Tieout.Application.Gateways;

/// <summary>
/// Books a payout once it is paid and is what its movements come to: from gateway clearing to what the bank statement is to confirm. A payout that comes
/// back is taken back.
/// </summary>
internal sealed class BookPayout(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Actor = "gateway";

    /// <summary>Books, and says where it stands.</summary>
    public async Task<Looked> Run(NpgsqlConnection connection, GatewayPlace place, string payout, GatewayWanted wanted, CancellationToken cancel)
    {
        if (wanted.Contradictions.Count > 0) return Looks.Contradiction(wanted);
        if (wanted.Payout is not { } paid) return Looks.Waiting(GatewayWait.NotPaidOut, []);
        if (place.Of(paid.Amount.Currency) is not { } entity) return Looks.NoEntity(place, paid.Amount.Currency);
        var standing = await GatewayStanding.Of(connection, place, [.. wanted.Steps.Select(step => step.Key)], attempt: 1, cancel);
        List<BookedStep> booked = [];
        foreach (var step in wanted.Steps)
        {
            if (!standing.TryGetValue(step.Key, out var stands))
            {
                if (step.Kind == GatewayStepKind.PaidOut)
                {
                    var members = await SaveGatewayMovements.OfPayout(connection, place.Name, payout, cancel);
                    if (Judged(PayoutProof.Of(paid, members), place, payout) is { } no) return no;
                    if (await Pay(place, entity, step, cancel) is not GatewayEntryOutcome.Stands(var entry, var number))
                        return await Hold(place, entity, step, booked, cancel);
                    stands = (entry, number);
                }
                else
                {
                    if (entity.Arrive(step.On, journal: true) is not LateArrival.Booked day) return await Hold(place, entity, step, booked, cancel);
                    var reason = $"Came back: payout {payout} of {place.Name}{GatewayLate.Words(step.On, day)}";
                    var back = new ReversalRequest(booked[0].Number, day.On, reason, Actor, place.Key(step.Key)) { WentBack = true };
                    var outcome = await new ReverseEntry(database, clock).Run(back, cancel);
                    if (outcome is not JournalOutcome.Done(var journal, _)) return Looked.Refused(outcome, booked);
                    stands = (journal.Id, journal.Number);
                }
                standing[step.Key] = stands;
            }
            booked.Add(new BookedStep(step, stands.Entry, stands.Number));
        }
        return Looked.Done(booked);
    }

    private Task<Looked> Hold(
        GatewayPlace place, GatewayEntity entity, GatewayStep step, IReadOnlyList<BookedStep> booked, CancellationToken cancel) => GatewayLate.Hold(
        database, entity, new HeldDay(entity.Id, step.On, Journal: true, entity.Late == LateArrivals.AskToReopen), place.Key(step.Key), booked,
        clock.GetUtcNow(), cancel);

    private async Task<GatewayEntryOutcome> Pay(GatewayPlace place, GatewayEntity entity, GatewayStep step, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var bank = await BankPlaces.ExpectedOn(connection, entity.Id, step.Amount.Currency.Code, step.On, cancel);
        var entry = new GatewayEntryToBook(
            place.Key(step.Key), entity, step.On, $"Payout {step.Source} of {place.Name}", step.Amount.Currency,
            GatewayEntries.PaidOut(step.Amount.Amount, bank));
        var stands = await SaveGatewayEntry.Run(connection, entry, clock.GetUtcNow(), cancel);
        await transaction.CommitAsync(cancel);
        return stands;
    }

    private static Looked? Judged(PayoutProof proof, GatewayPlace place, string payout) => proof switch
    {
        PayoutProof.Proven => null,
        PayoutProof.Differs({ IsZero: true } none, var paid) => Looked.Parked(
            "movements-missing", $"The gateway paid {paid} out, and what that is made of is not known: its movements come to {none}.",
            $"Take in the balance transactions of the payout (tieout gateway import FILE --gateway {place.Name} --payout {payout})."),
        PayoutProof.Differs(var movements, var paid) => Looked.Parked(
            "payout-differs", $"The gateway paid {paid} out, and its movements come to {movements}.",
            $"Take in all balance transactions of the payout (tieout gateway import FILE --gateway {place.Name} --payout {payout}); if they are there, "
                + "ask the gateway."),
        PayoutProof.OtherCurrency(var movement) => Looked.Parked(
            "other-currency", $"Movement {movement} of the payout is in another currency.", "Ask the gateway; book it by hand."),
        var other => throw new InvalidOperationException($"No answer for {other}."),
    };
}
