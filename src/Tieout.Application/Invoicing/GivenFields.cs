using Tieout.Domain.Invoicing;
using Tieout.Domain.Subscriptions;

namespace Tieout.Application.Invoicing;

/// <summary>Who and why, as credits take them.</summary>
internal static class GivenFields
{
    /// <summary>Remembers what is wrong with either.</summary>
    public static void Given(this RequestReader reader, string? actor, string? reason)
    {
        if (GivenText.Problem(actor, GivenText.ActorMost) is { } who) reader.Wrong("actor", who);
        if (GivenText.Problem(reason, GivenText.ReasonMost) is { } why) reader.Wrong("reason", why);
    }
}
