using System.Globalization;
using Npgsql;
using Tieout.Application.Closing;
using Tieout.Domain;
using Tieout.Domain.Closing;

namespace Tieout.Application.Gateways;

/// <summary>What waits until its month is opened again or the policy of its legal entity lets it go on.</summary>
/// <param name="Journal">A soft-closed month takes it: it is a journal, or takes an entry back.</param>
/// <param name="Asked">That the month be opened again is asked for.</param>
internal sealed record HeldDay(Guid LegalEntity, DateOnly On, bool Journal, bool Asked)
{
    /// <summary>Of <c>held_as</c>.</summary>
    public string As => Journal ? "journal" : "document";
}

/// <summary>What a gateway told for a month that takes it no more.</summary>
internal static class GatewayLate
{
    /// <summary>It is held; where the policy says so, that its month be opened again is asked for, once for the same.</summary>
    /// <param name="about">What asks, such as the key of a step; empty where it was asked for already, or nothing is to be asked.</param>
    public static async Task<Looked> Hold(
        NpgsqlDataSource database, GatewayEntity entity, HeldDay held, string about, IReadOnlyList<BookedStep> booked, DateTimeOffset now,
        CancellationToken cancel)
    {
        if (held.Asked && about.Length > 0)
        {
            // On its own: whoever looks at other things meanwhile is not kept waiting, and it stands whatever becomes of them.
            await using var connection = await database.OpenConnectionAsync(cancel);
            await MonthBooks.Say(
                connection, entity.Id, AccountingMonth.Of(held.On), "reopening-asked", new MonthNote("gateway", $"{about} came late.", about), now, cancel);
        }
        return Looks.Held(entity, held, booked);
    }

    /// <summary>What an entry says of a day that is not its own; empty where it is.</summary>
    public static string Words(DateOnly told, LateArrival.Booked booked) =>
        booked.Late ? string.Create(CultureInfo.InvariantCulture, $", of {told:yyyy-MM-dd}") : "";
}
