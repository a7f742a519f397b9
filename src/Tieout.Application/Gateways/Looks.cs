using System.Globalization;
using Tieout.Domain;
using Tieout.Domain.Cash.Gateway;

namespace Tieout.Application.Gateways;

/// <summary>Why something of a gateway waits or is parked, in words that a finance person can act on.</summary>
internal static class Looks
{
    private const string Again = "then look again (tieout gateway book --again)";

    public static Looked Waiting(GatewayWait wait, IReadOnlyList<BookedStep> booked)
    {
        var (reason, remedy) = wait switch
        {
            GatewayWait.ChargeMissing => (
                "Refunds or disputes are told of, and the charge they are about is not.", "Wait for its event, or let the gateway send it again."),
            GatewayWait.RefundMissing => ("The gateway counts more refunded than it told of.", "Wait for the refund's event, or let the gateway send it again."),
            GatewayWait.WithdrawalMissing => (
                "A dispute was decided, and no event said that its money was taken.", "Wait for charge.dispute.funds_withdrawn, or let the gateway send it again."),
            GatewayWait.FundsNotBack => ("A dispute is won, and its money is not back yet.", "Wait for charge.dispute.funds_reinstated."),
            _ => ("It is on its way to our bank, or was called off.", "Wait for the event that it is paid."),
        };
        return Looked.Waits(Words.Of(wait), reason, remedy, booked);
    }

    public static Looked Contradiction(GatewayWanted wanted) => Looked.Parked(
        "contradiction", $"Two events tell otherwise of {string.Join(", ", wanted.Contradictions)}; nothing more of it is booked.",
        "Look at it at the gateway; book what is missing by hand, or close the case.");

    /// <summary>Its month takes it no more; it goes on by itself once that or the policy changes.</summary>
    public static Looked Held(GatewayEntity entity, HeldDay held, IReadOnlyList<BookedStep> booked)
    {
        var month = AccountingMonth.Of(held.On);
        var asked = held.Asked ? "; that it be opened again is asked for" : "";
        return Looked.Parked(
            held.Asked ? "reopening-asked" : "month-closed",
            string.Create(CultureInfo.InvariantCulture, $"It is of {held.On:yyyy-MM-dd}, and {month} of {entity.Code} takes it no more{asked}."),
            $"Open the month again (tieout month reopen {entity.Code} {month}), or let late money go into the next open month "
                + $"(tieout month late-arrivals {entity.Code} next-open-month); it goes on by itself then.", booked) with
        { Held = held };
    }

    /// <summary>A person took it back: whoever pays is to be said anew.</summary>
    public static Looked TakenBack(ChargeToBook charge, GatewayFact.Received received)
    {
        var (who, taken) = (received.Customer.Length > 0 ? received.Customer : received.Charge, charge.Attempt);
        return Looked.Parked(
            "receipt-taken-back", $"{received.Amount} was booked as {taken.TakenBack} of {taken.Account}, and somebody took that back.",
            $"Say whose it is (tieout gateway payer {charge.Place.Name} {who} ACCOUNT, or of this charge alone {received.Charge} ACCOUNT): it is booked then.");
    }

    public static Looked NoEntity(GatewayPlace place, Currency currency) => Looked.Parked(
        "currency-without-entity", $"Nobody said whose money in {currency} gateway {place.Name} holds.",
        $"Name a legal entity for {currency} in the gateways file, {Again}.");

    /// <summary>Null where one account is meant, in the money's currency and of the legal entity that the gateway holds it for.</summary>
    public static Looked? Account(GatewayPlace place, GatewayFact.Received received, GatewayEntity entity, IReadOnlyList<GatewayAccount> accounts)
    {
        var who = received.Customer.Length > 0 ? received.Customer : received.Charge;
        var teach = $"Say whose it is (tieout gateway payer {place.Name} {who} ACCOUNT), {Again}.";
        var (money, here) = (received.Amount, accounts.Where(one => one.Currency == received.Amount.Currency.Code).ToList());
        return here.Count switch
        {
            _ when accounts.Count == 0 => Looked.Parked("unknown-customer", $"{money} came from {who}, whom no billing account is known to be.", teach),
            0 => Looked.Parked("other-currency", $"{money} came, and {accounts[0].Code} pays in {accounts[0].Currency}.", teach),
            > 1 => Looked.Parked("several-accounts", $"{money} came, and {who} may be {here[0].Code} or {here[1].Code}.", $"Name the charge's own: "
                + $"tieout gateway payer {place.Name} {received.Charge} ACCOUNT; {Again}."),
            _ when here[0].LegalEntityId != entity.Id => Looked.Parked(
                "other-entity", $"{money} is held for {entity.Code}, and {here[0].Code} owes {here[0].LegalEntity}.", teach),
            _ => null,
        };
    }
}
