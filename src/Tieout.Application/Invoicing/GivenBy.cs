using System.Globalization;
using Tieout.Domain.Invoicing;

namespace Tieout.Application.Invoicing;

/// <summary>What credits, write-offs and closings by a person have in common: who, why, under which key, on which day.</summary>
internal static class GivenBy
{
    /// <summary>The first field that cannot be kept, with what is wrong; null when all can.</summary>
    public static (string Field, string Problem)? Problem(string reason, string actor, string key) =>
        GivenText.Problem(reason, GivenText.ReasonMost) is { } why ? ("reason", why)
        : GivenText.Problem(actor, GivenText.ActorMost) is { } who ? ("actor", who)
        : GivenText.KeyProblem(key) is { } which ? ("idempotency-key", which)
        : null;

    /// <summary>Today in UTC; the invoice's own date while that is still to come, for nothing on it happens before.</summary>
    public static DateOnly Day(TimeProvider clock, DateOnly issued)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        return issued > today ? issued : today;
    }

    /// <summary>The day as it was asked for: repeated tomorrow, a request without one is the same request.</summary>
    public static string Words(DateOnly? on) => on?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "when given";
}
