using Tieout.Domain.Exceptions;

namespace Tieout.Connectors.Port;

/// <summary>A customer to be found or created.</summary>
/// <param name="Code">Our code: the business key of the customer in every ERP.</param>
/// <param name="Name">Legal name.</param>
/// <param name="Country">ISO 3166 two letters; empty when unknown.</param>
/// <param name="Currency">ISO code of the account.</param>
public sealed record ErpCustomer(string Code, string Name, string Country, string Currency);

/// <summary>What came of it.</summary>
public abstract record CustomerOutcome
{
    private CustomerOutcome() { }

    /// <summary>The ERP has the customer, now or before, under this id of its own.</summary>
    public sealed record Present(string ErpId) : CustomerOutcome;

    /// <summary>The ERP holds the customer and will not trade with it, or refused to create it.</summary>
    public sealed record Refused(Finding Finding) : CustomerOutcome;

    /// <summary>Not known yet; ask again after a pause.</summary>
    public sealed record NotNow(string Reason, TimeSpan? RetryAfter = null) : CustomerOutcome;
}
