namespace Tieout.Domain.Exceptions;

/// <summary>The role whose queue an exception waits in.</summary>
public enum RoleQueue
{
    /// <summary>Customers, documents and values; also talks to the sender of bad data.</summary>
    FinanceOperations,

    /// <summary>Periods, rates, and whatever stands otherwise in the ERP than in our books.</summary>
    Controller,

    /// <summary>Connections, mappings and routes.</summary>
    IntegrationEngineer,
}

/// <summary>Which role can fix what. PostgreSQL says the same (<c>exceptions.queue_of</c>).</summary>
public static class RoleQueues
{
    /// <summary>Codes that are the controller's, whatever their category.</summary>
    public static IReadOnlyList<string> OfController { get; } =
    [
        "account-closed", "duplicate-in-erp", "erp-computed-otherwise", "exchange-rate-missing", "key-taken", "period-closed", "rate-missing",
        "reversed-in-erp",
    ];

    /// <summary>Codes that are the integration engineer's, beside all technical ones: mappings and what the ERP does not know of them.</summary>
    public static IReadOnlyList<string> OfEngineer { get; } =
    [
        "account-not-allowed", "account-rule-missing", "account-unknown", "account-unmapped", "company-unknown", "dimension-unknown",
        "dimension-unmapped", "journal-unknown", "kind-unsupported", "payment-term-unknown", "posting-profile-missing", "route-missing",
        "tax-code-missing", "tax-code-unknown", "tax-expired", "tax-unmapped",
    ];

    /// <summary>The queue of a case.</summary>
    /// <param name="category">Of its finding.</param>
    /// <param name="code">Of its finding.</param>
    /// <param name="subjectKind">What it is about, such as <c>posting</c> or <c>break</c>.</param>
    public static RoleQueue Of(ExceptionCategory category, string code, string subjectKind) =>
        subjectKind == "break" || OfController.Contains(code) ? RoleQueue.Controller
        : category == ExceptionCategory.Technical || subjectKind == "webhook" || OfEngineer.Contains(code) ? RoleQueue.IntegrationEngineer
        : RoleQueue.FinanceOperations;
}
