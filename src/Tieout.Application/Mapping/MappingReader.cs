using System.Globalization;
using System.Text.Json;
using Tieout.Application.Catalog;
using Tieout.Domain;
using Tieout.Domain.Catalog;
using Tieout.Domain.Intake;
using Tieout.Domain.Ledger;
using Tieout.Domain.Mapping;

namespace Tieout.Application.Mapping;

/// <summary>
/// Reads the document of a version: all that is wrong with it at once, each with its field. What only the books or other versions know
/// is proved at publication, see <c>MappingChecks</c>.
/// </summary>
internal static class MappingReader
{
    /// <summary>Rules of one version, or entries of one map.</summary>
    public const int Most = 5_000;

    private const int LongestRuleName = 60;

    /// <summary>Its content; meaningless where there are problems.</summary>
    public static MappingContent Read(MappingKind kind, JsonElement document, List<PriceProblem> problems, params IReadOnlyList<string> beside)
    {
        var top = JsonFields.Top(document, problems).Allow([kind == MappingKind.ValueMap ? "values" : "rules", .. beside]);
        return kind switch
        {
            MappingKind.Routes => new MappingContent.Routes(Rules(top, Route)),
            MappingKind.AccountRules => new MappingContent.AccountRules(Rules(top, AccountRule)),
            _ => new MappingContent.Values(Values(top)),
        };
    }

    private static List<T> Rules<T>(JsonFields top, Func<JsonFields, string, T> read)
    {
        List<T> rules = [];
        var names = new HashSet<string>(StringComparer.Ordinal);
        var items = top.Need("rules")?.Items() ?? [];
        if (items.Count > Most)
        {
            top.AddAt("rules", "too-many", string.Create(CultureInfo.InvariantCulture, $"There are {items.Count} rules."), $"At most {Most} in a version.");
            return rules;
        }
        foreach (var item in items)
        {
            var name = item.Text("name");
            if (name.Length > LongestRuleName) item.AddAt("name", "too-long", "The name is too long.", $"At most {LongestRuleName} characters.");
            if (name.Length > 0 && !names.Add(name)) item.AddAt("name", "name-twice", $"Another rule is named '{name}'.", "Give each rule a name of its own.");
            rules.Add(read(item, name));
        }
        return rules;
    }

    private static RouteRule Route(JsonFields item, string name)
    {
        item.Allow("name", "when", "target");
        var target = item.Text("target");
        if (target.Length > 0 && !MappingSubject.IsName(target)) item.AddAt("target", "bad-name", "No target has such a name.", "Small letters, digits and dashes.");
        return new RouteRule(name, When(item, MappingFields.OfRoutes, dated: true), target);
    }

    private static AccountRule AccountRule(JsonFields item, string name)
    {
        item.Allow("name", "when", "account", "tax-code", "dimensions");
        var (account, tax) = (Value(item.Find("account")), Value(item.Find("tax-code")));
        var dimensions = new Dictionary<string, RuleValue>(StringComparer.Ordinal);
        foreach (var (word, field) in item.Find("dimensions")?.Members() ?? [])
            if (!MappingFields.Dimensions.Contains(word, StringComparer.Ordinal))
                field.Add("unknown-dimension", "There is no such dimension.", $"One of {string.Join(", ", MappingFields.Dimensions)}.");
            else if (Value(field) is { } value) dimensions[word] = value;
        if (item.IsObject && item.Find("account") is null && item.Find("tax-code") is null && dimensions.Count == 0)
            item.Add("chooses-nothing", "The rule chooses nothing.", "Give account, tax-code or dimensions.");
        return new AccountRule(name, When(item, MappingFields.OfAccountRules, dated: true), account, tax, dimensions);
    }

    private static Conditions When(JsonFields item, IReadOnlyList<MappingField> fields, bool dated)
    {
        var when = item.Find("when");
        if (when is null) return Conditions.None;
        when.Allow([.. fields.Select(Words.Of), .. dated ? ["from", "until"] : Array.Empty<string>()]);
        var conditions = Conditions.None;
        foreach (var field in fields)
        {
            if (when.Find(Words.Of(field)) is not { } given) continue;
            var texts = given.IsText ? [given.AsText()] : given.Items().Select(one => one.AsText()).ToList();
            if (texts.Count == 0) given.Add("missing", "No value is named.", "Name at least one, or leave the condition out.");
            if (texts.TrueForAll(text => text is not null) && texts.Count > 0) conditions = conditions.With(field, texts.Select(text => Known(given, field, text!)));
        }
        var (from, until) = (when.DateOrNone("from"), when.DateOrNone("until"));
        if (from >= until)
        {
            when.AddAt("until", "empty-wave", "The wave ends before it begins, or holds no day.", "'until' is the first day after it.");
            return conditions;
        }
        return conditions.During(from, until);
    }

    // Words of ours that are known here; the codes of the books are proved against the books.
    private static string Known(JsonFields given, MappingField field, string text)
    {
        IReadOnlyList<string> words = field switch
        {
            MappingField.LedgerAccount when !LedgerAccount.IsOwn(text) => LedgerAccount.All,
            MappingField.Recognition => [.. Enum.GetValues<Recognition>().Select(Words.Of)],
            MappingField.DocumentKind => DocumentKinds,
            _ => [],
        };
        if (words.Count > 0 && !words.Contains(text, StringComparer.Ordinal))
            given.Add("unknown-word", $"'{text}' is not a {Words.Of(field)}.", $"One of {string.Join(", ", words)}.");
        if (field == MappingField.Currency && !Currency.TryOf(text, out _))
            given.Add("unknown-currency", "This is not a currency of ISO 4217.", "Write three capital letters, such as USD.");
        if (field == MappingField.Country && (text.Length != 2 || !text.All(char.IsAsciiLetterUpper)))
            given.Add("bad-country", "This is not a country of ISO 3166.", "Write two capital letters, such as DE.");
        return text;
    }

    /// <summary>All that can be posted, as postings call it.</summary>
    public static IReadOnlyList<string> DocumentKinds { get; } =
        ["invoice", "credit-memo", .. Enum.GetValues<Domain.Posting.EntryKind>().Select(Words.Of)];

    private static RuleValue? Value(JsonFields? field)
    {
        if (field is null) return null;
        if (field.IsText) return field.AsText() is { } text ? new RuleValue.Constant(text) : null;
        field.Allow("from", "map");
        if (!field.IsObject) return null;
        var word = field.Text("from");
        if (word.Length == 0) return null;
        var source = MappingFields.OfValues.Cast<MappingField?>().FirstOrDefault(candidate => Words.Of(candidate!.Value) == word);
        if (source is null)
            field.AddAt("from", "unknown-word", "A value cannot be taken from there.", $"One of {string.Join(", ", MappingFields.OfValues.Select(Words.Of))}.");
        var map = field.Find("map")?.AsText() ?? "";
        if (map.Length > 0 && !MappingSubject.IsName(map)) field.AddAt("map", "bad-name", "No value map has such a name.", "Small letters, digits and dashes.");
        return source is { } from ? new RuleValue.FromField(from, map) : null;
    }

    private static Dictionary<string, string> Values(JsonFields top)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var members = top.Need("values")?.Members().ToList() ?? [];
        if (members.Count > Most) top.AddAt("values", "too-many", "The map has too many entries.", $"At most {Most}.");
        foreach (var (ours, theirs) in members)
            if (ours.Length == 0) theirs.Add("missing", "Our code is empty.", "Name it.");
            else if (FieldRules.OfText(ours) is { } bad) theirs.Add(bad.Code, $"Our code {bad.Reason}.", bad.Remedy);
            else if (theirs.AsText() is { } text) values[ours] = text;
        return values;
    }
}
