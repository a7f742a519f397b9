using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Exceptions;
using Tieout.Domain.Mapping;

namespace Tieout.Application.Mapping;

/// <summary>Counts what the rules do not cover, document by document.</summary>
internal sealed class CoverageTally(PublishedMapping mapping, IReadOnlyList<ConfiguredRules> configured)
{
    private const int ExamplesMost = 3;

    private readonly Dictionary<(string Code, string Target, string Cause), Gap> _gaps = [];
    private readonly Dictionary<string, DocumentMap?> _maps = new(StringComparer.Ordinal);
    private readonly HashSet<RouteRule> _routes = [];
    private long _documents;
    private long _covered;

    /// <summary>Where a document would go; null, and a gap, when nowhere.</summary>
    public string? Route(ReadMappingCoverage.Row row, Facts facts)
    {
        _documents++;
        if (row.Target.Length > 0) return row.Target;
        var byFile = configured.FirstOrDefault(target => target.LegalEntities.Contains(row.Entity))?.Target ?? "";
        var routing = Routing.Of(row.TargetsBefore, mapping.Routes, facts, byFile);
        if (routing is Routing.ByRule(_, var rule)) _routes.Add(rule);
        if (routing is Routing.Apart(var targets)) Missing(row, "", MappingFindings.Apart("This document", targets));
        if (routing is Routing.Nowhere) Missing(row, "", MappingFindings.NoRoute(row.Entity, facts));
        var name = RoutingWords.Target(routing);
        return name.Length > 0 ? name : null;
    }

    /// <summary>What the rules of the target choose for a document, where no person has set it.</summary>
    public void Map(ReadMappingCoverage.Row row, string target, ErpDocument document, IReadOnlyList<FieldOverride> set, DocumentFacts facts)
    {
        if (MapOf(target) is not { } map)
        {
            Missing(row, target, MappingFindings.UnknownTarget(target));
            return;
        }
        var findings = map.Of(document, facts, set).Findings;
        if (findings.Count == 0) _covered++;
        foreach (var finding in findings.Distinct()) Missing(row, target, finding);
    }

    /// <summary>All of it.</summary>
    public MappingCoverage Report(string previewed) => new(
        previewed, _documents, _covered,
        [
            .. _gaps.OrderByDescending(gap => gap.Value.Documents).ThenBy(gap => gap.Key.Cause, StringComparer.Ordinal).Select(gap => new MappingGap(
                gap.Key.Code, gap.Key.Target, gap.Key.Cause, gap.Value.Remedy, gap.Value.Documents,
                [.. gap.Value.Money.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new Money(pair.Value, Currency.Of(pair.Key)))],
                gap.Value.Examples)),
        ],
        [
            .. mapping.Routes.Rules.Where(rule => !_routes.Contains(rule)).Select(rule =>
                new UnusedRule(FormattableString.Invariant($"routes {mapping.RoutesNumber}"), rule.Name)),
            .. mapping.Accounts.OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => pair.Value.Rules
                .Where(rule => MapOf(pair.Key)?.Used.Contains(rule) != true)
                .Select(rule => new UnusedRule(FormattableString.Invariant($"account rules {pair.Value.Number} of {pair.Key}"), rule.Name))),
        ]);

    private DocumentMap? MapOf(string target)
    {
        if (_maps.TryGetValue(target, out var map)) return map;
        var settings = configured.FirstOrDefault(one => one.Target == target);
        var book = mapping.AccountsOf(target);
        map = settings is null && book.Number == 0 ? null : new DocumentMap(
            book, (settings ?? new ConfiguredRules(target, "", [], new Dictionary<string, string>(), new Dictionary<string, string>())).Settings());
        return _maps[target] = map;
    }

    private void Missing(ReadMappingCoverage.Row row, string target, Finding finding)
    {
        var key = (finding.Code, target, finding.Cause);
        if (!_gaps.TryGetValue(key, out var gap)) _gaps[key] = gap = new Gap(finding.Remedy);
        gap.Documents++;
        gap.Money[row.Currency] = gap.Money.GetValueOrDefault(row.Currency) + row.Amount;
        if (gap.Examples.Count < ExamplesMost) gap.Examples.Add(row.BusinessKey);
    }

    private sealed class Gap(string remedy)
    {
        public string Remedy => remedy;
        public long Documents { get; set; }
        public Dictionary<string, decimal> Money { get; } = new(StringComparer.Ordinal);
        public List<string> Examples { get; } = [];
    }
}
