using System.Text.Json;
using Dapper;
using Npgsql;
using Tieout.Domain;
using Tieout.Domain.Mapping;

namespace Tieout.Application.Mapping;

/// <summary>All mapping versions in force at one instant; never changed. A batch keeps the one that it was loaded with.</summary>
/// <param name="Publication">The last publication of any kind; 0 when nothing was ever published.</param>
/// <param name="RoutesNumber">Version of the routes; 0 when none were published.</param>
/// <param name="Routes">The routes.</param>
/// <param name="Accounts">Account rules by target.</param>
/// <param name="Maps">Value maps by target and name.</param>
internal sealed record PublishedMapping(
    long Publication, int RoutesNumber, RouteBook Routes, IReadOnlyDictionary<string, AccountBook> Accounts,
    IReadOnlyDictionary<(string Target, string Name), ValueMap> Maps)
{
    private static readonly AccountBook NoRules = new(0, [], new Dictionary<string, ValueMap>());

    /// <summary>Nothing was published: the targets file says everything.</summary>
    public static PublishedMapping None { get; } =
        new(0, 0, new RouteBook([]), new Dictionary<string, AccountBook>(), new Dictionary<(string, string), ValueMap>());

    /// <summary>The account rules of a target; number 0 without any.</summary>
    public AccountBook AccountsOf(string target) => Accounts.GetValueOrDefault(target, NoRules);

    /// <summary>What versions a target's documents are sent under, to stand behind the version of its settings: <c> account-rules@5 regions@2</c>.</summary>
    public string VersionsOf(string target)
    {
        var book = AccountsOf(target);
        return book.Number == 0 ? "" : string.Concat(
            Maps.Where(pair => pair.Key.Target == target).OrderBy(pair => pair.Key.Name, StringComparer.Ordinal)
                .Select(pair => FormattableString.Invariant($" {pair.Key.Name}@{pair.Value.Number}"))
                .Prepend(FormattableString.Invariant($" account-rules@{book.Number}")));
    }

    /// <summary>With another content of one subject in force, as a publication would make it.</summary>
    public PublishedMapping With(MappingSubject subject, int number, MappingContent content)
    {
        var contents = Contents().Where(row => row.Subject != subject).Append((subject, number, content));
        return Of(Publication + 1, [.. contents]);
    }

    /// <summary>What is in force now: <paramref name="known"/> while nothing was published since.</summary>
    public static async Task<PublishedMapping> Load(NpgsqlConnection connection, NpgsqlTransaction? transaction, PublishedMapping known)
    {
        var last = await connection.QuerySingleAsync<long>("select coalesce(max(publication), 0) from mapping.version", transaction: transaction);
        if (last == known.Publication) return known;
        var rows = await connection.QueryAsync<Row>(
            """
            select distinct on (kind, target, name) kind, target, name, number, content::text as content
            from mapping.version where state = 'published' order by kind, target, name, number desc
            """, transaction: transaction);
        return Of(last, [.. rows.Select(row =>
        {
            var kind = Words.Parse<MappingKind>(row.Kind);
            using var document = JsonDocument.Parse(row.Content);
            return (new MappingSubject(kind, row.Target, row.Name), row.Number, MappingReader.Read(kind, document.RootElement, []));
        })]);
    }

    /// <summary>Of versions.</summary>
    public static PublishedMapping Of(long publication, IReadOnlyList<(MappingSubject Subject, int Number, MappingContent Content)> versions)
    {
        var maps = versions.Where(version => version.Content is MappingContent.Values).ToDictionary(
            version => (version.Subject.Target, version.Subject.Name),
            version => new ValueMap(version.Subject.Name, version.Number, ((MappingContent.Values)version.Content).Map));
        var accounts = versions.Where(version => version.Content is MappingContent.AccountRules).ToDictionary(
            version => version.Subject.Target,
            version => new AccountBook(
                version.Number, ((MappingContent.AccountRules)version.Content).Rules,
                maps.Where(map => map.Key.Target == version.Subject.Target).ToDictionary(map => map.Key.Name, map => map.Value, StringComparer.Ordinal)),
            StringComparer.Ordinal);
        var (_, number, routes) = versions.FirstOrDefault(version => version.Content is MappingContent.Routes);
        return new PublishedMapping(publication, number, new RouteBook(routes is MappingContent.Routes found ? found.Rules : []), accounts, maps);
    }

    private IEnumerable<(MappingSubject Subject, int Number, MappingContent Content)> Contents() =>
    [
        .. RoutesNumber > 0 ? [(MappingSubject.Routes, RoutesNumber, (MappingContent)new MappingContent.Routes(Routes.Rules))]
            : Array.Empty<(MappingSubject, int, MappingContent)>(),
        .. Accounts.Select(pair => (MappingSubject.AccountRules(pair.Key), pair.Value.Number, (MappingContent)new MappingContent.AccountRules(pair.Value.Rules))),
        .. Maps.Select(pair => (
            MappingSubject.ValueMap(pair.Key.Target, pair.Key.Name), pair.Value.Number, (MappingContent)new MappingContent.Values(pair.Value.Values))),
    ];

    private sealed record Row(string Kind, string Target, string Name, int Number, string Content);
}
