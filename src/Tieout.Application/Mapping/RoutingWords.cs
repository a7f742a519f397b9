using Tieout.Domain.Mapping;

namespace Tieout.Application.Mapping;

/// <summary>What picked a target, as it stands with the posting.</summary>
internal static class RoutingWords
{
    /// <summary>The target; empty where none was picked.</summary>
    public static string Target(Routing routing) => routing switch
    {
        Routing.Follows follows => follows.Target,
        Routing.ByRule rule => rule.Target,
        Routing.ByFile file => file.Target,
        _ => "",
    };

    /// <summary>Who picked it; empty where nothing did.</summary>
    /// <param name="routing">What was decided.</param>
    /// <param name="number">Version of the published routes.</param>
    public static string By(Routing routing, int number) => routing switch
    {
        Routing.Follows => "what it is about",
        Routing.ByRule rule => FormattableString.Invariant($"routes {number}, rule '{rule.Rule.Name}'"),
        Routing.ByFile => "the targets file",
        _ => "",
    };
}
