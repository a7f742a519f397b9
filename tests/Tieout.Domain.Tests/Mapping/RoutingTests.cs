using System.Globalization;
using Tieout.Domain.Mapping;

namespace Tieout.Domain.Tests.Mapping;

/// <summary>A migration in waves: who decides where a document goes.</summary>
public class RoutingTests
{
    private static readonly RouteBook Waves = new(
    [
        new RouteRule("wave 1", Conditions.None.With(MappingField.LegalEntity, "DE").With(MappingField.Country, "AT").During(new DateOnly(2026, 11, 1), null), "new-erp"),
        new RouteRule("wave 2", Conditions.None.With(MappingField.LegalEntity, "DE").During(new DateOnly(2026, 12, 1), null), "new-erp"),
    ]);

    [Theory]
    [InlineData("2026-10-31", "AT", "", "old", "file old")]       // before the first wave
    [InlineData("2026-11-01", "AT", "", "old", "rule wave 1")]    // its first day
    [InlineData("2026-11-30", "DE", "", "old", "file old")]       // not in wave 1
    [InlineData("2026-12-01", "DE", "", "old", "rule wave 2")]
    [InlineData("2026-12-01", "AT", "", "old", "rule wave 1")]    // more conditions
    [InlineData("2026-12-15", "DE", "old", "old", "follows old")] // a correction stays with what it corrects
    [InlineData("2026-10-15", "DE", "new-erp", "old", "follows new-erp")]
    [InlineData("2026-12-15", "DE", "new-erp old", "old", "apart new-erp, old")]
    [InlineData("2026-10-31", "DE", "", "", "nowhere")]
    public void Corrections_follow_then_rules_then_the_file(string date, string country, string before, string file, string expected) =>
        Words(Routing.Of(
            before.Split(' ', StringSplitOptions.RemoveEmptyEntries), Waves,
            new Facts(DateOnly.Parse(date, CultureInfo.InvariantCulture)).With(MappingField.LegalEntity, "DE").With(MappingField.Country, country), file)).ShouldBe(expected);

    private static string Words(Routing routing) => routing switch
    {
        Routing.Follows follows => $"follows {follows.Target}",
        Routing.ByRule rule => $"rule {rule.Rule.Name}",
        Routing.ByFile file => $"file {file.Target}",
        Routing.Apart apart => $"apart {string.Join(", ", apart.Targets)}",
        _ => "nowhere",
    };
}
