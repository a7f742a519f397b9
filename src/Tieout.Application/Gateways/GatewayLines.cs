using Tieout.Domain.Cash.Gateway;
using Tieout.Domain.Cash.Matching;
using Tieout.Domain.Cash.Statements;

namespace Tieout.Application.Gateways;

/// <summary>A charge as matching sees it: like a payment of a bank statement, with the gateway's customer as the account it came from.</summary>
internal static class GatewayLines
{
    /// <summary>The line of a charge.</summary>
    /// <param name="today">Money that lies unapplied settles what is dated until today.</param>
    public static BankLine Line(GatewayPlace place, GatewayFact.Received received, DateOnly today)
    {
        var came = DateOnly.FromDateTime(received.At.UtcDateTime);
        return new BankLine(
            place.Payer(received.Charge), received.Amount, today > came ? today : came,
            new StatementParty("", place.Payer(received.Customer.Length > 0 ? received.Customer : received.Charge)), received.Reference, [], [], 0m, [])
        { ReceivedOn = came };
    }
}
