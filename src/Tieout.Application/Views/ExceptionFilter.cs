using System.Globalization;
using Dapper;
using Tieout.Domain;
using Tieout.Domain.Exceptions;

namespace Tieout.Application.Views;

/// <summary>
/// Which exceptions; null or empty narrows nothing. Lists, groups, the file, the tower's address and replay plans all take the same
/// one, read by <see cref="Read"/>.
/// </summary>
/// <param name="Entity">Code of the legal entity.</param>
/// <param name="State"><c>open</c> or <c>resolved</c>.</param>
/// <param name="Text">Part of the subject's key, the cause, the ERP's own text, or the code of an account that waits.</param>
/// <param name="Age">One of <see cref="Ages.Names"/>.</param>
public sealed record ExceptionFilter(string? Category, string? Code, string? Entity, string? State, string? Text, string? Age)
{
    /// <summary>What nobody owns, or what has no due date.</summary>
    public const string None = "none";

    private const int TextMost = 200;
    private const int MostIds = 200;

    /// <summary>The role that can fix it: <c>finance-operations</c>, <c>controller</c> or <c>integration-engineer</c>.</summary>
    public string? Queue { get; init; }

    /// <summary>Who sees to it; <c>none</c> for what nobody does.</summary>
    public string? Owner { get; init; }

    /// <summary>The fingerprint of a group.</summary>
    public string? Group { get; init; }

    /// <summary>What it is about, such as <c>posting</c>.</summary>
    public string? Kind { get; init; }

    /// <summary><c>overdue</c>, or <c>none</c> for what has no due date.</summary>
    public string? Due { get; init; }

    /// <summary>These cases alone.</summary>
    public IReadOnlyList<Guid> Ids { get; init; } = [];

    /// <summary>The names under which the parts of a filter are given everywhere.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["state", "category", "code", "queue", "owner", "group", "kind", "entity", "age", "due", "text", "ids"];

    private static IReadOnlyList<string> Kinds { get; } = ["posting", "billing", "break", "target", "rate", "webhook", "gateway", "statement"];

    /// <summary>A filter from words; what cannot be read is remembered by its name. Open ones are meant where the state is not given.</summary>
    public static ExceptionFilter Read(Func<string, string?> given, Action<string, string> wrong)
    {
        string? OneOf(string name, params IReadOnlyList<string> words)
        {
            var value = given(name);
            if (string.IsNullOrEmpty(value)) return null;
            if (!words.Contains(value, StringComparer.Ordinal)) wrong(name, $"'{Short(value)}' is not one of {string.Join(", ", words)}.");
            return value;
        }

        string? Text(string name)
        {
            var value = given(name);
            if (string.IsNullOrWhiteSpace(value)) return null;
            if (value.Length > TextMost || value.Contains('\0', StringComparison.Ordinal)) wrong(name, "At most 200 characters, and no NUL.");
            return value.Trim();
        }

        var state = OneOf("state", "open", "resolved", "all") ?? "open";
        return new ExceptionFilter(
            OneOf("category", "technical", "business", "data"), Text("code"), Text("entity"), state == "all" ? null : state, Text("text"), OneOf("age", Ages.Names))
        {
            Queue = OneOf("queue", [.. Enum.GetValues<RoleQueue>().Select(queue => Words.Of(queue))]),
            Owner = Text("owner"),
            Group = Text("group"),
            Kind = OneOf("kind", Kinds),
            Due = OneOf("due", "overdue", None),
            Ids = IdsOf(given("ids"), wrong),
        };
    }

    /// <summary>The parts that narrow, by name; the state always. What a plan keeps of it.</summary>
    public SortedDictionary<string, string> ToWords()
    {
        SortedDictionary<string, string> words = new(StringComparer.Ordinal) { ["state"] = State ?? "all" };
        foreach (var (name, value) in new[]
        {
            ("category", Category), ("code", Code), ("entity", Entity), ("text", Text), ("age", Age), ("queue", Queue), ("owner", Owner), ("group", Group),
            ("kind", Kind), ("due", Due), ("ids", string.Join(',', Ids)),
        })
            if (!string.IsNullOrEmpty(value)) words[name] = value;
        return words;
    }

    /// <summary>The condition on <c>exceptions.exception_case x</c>, with its parameters. Only what narrows stands in it, so that each has its index.</summary>
    internal (string Where, DynamicParameters Parameters) Sql(DateTimeOffset now)
    {
        List<string> terms = [];
        var parameters = new DynamicParameters();
        void Add(string? value, string term, string name)
        {
            if (string.IsNullOrEmpty(value)) return;
            terms.Add(term);
            parameters.Add(name, value);
        }

        // As a word, not a parameter: it has to match the partial indexes.
        if (State is { } state) terms.Add(state == "open" ? "x.state = 'open'" : "x.state = 'resolved'");
        Add(Category, "x.category = @category", "category");
        Add(Code, "x.code = @code", "code");
        Add(Queue, "x.queue = @queue", "queue");
        Add(Group, "x.fingerprint = @group", "group");
        Add(Kind, "x.subject_kind = @kind", "kind");
        Add(Entity, "x.legal_entity_id = (select id from customers.legal_entity where tenant = 1 and code = @entity)", "entity");
        if (Owner == None) terms.Add("x.owner = ''");
        else Add(Owner, "x.owner = @owner", "owner");
        if (Due == None) terms.Add("x.due is null");
        else if (Due is not null) Day("x.due < @today", "today", DateOnly.FromDateTime(now.UtcDateTime));
        Add(
            Like.Contains(Text),
            """
            (x.subject_key ilike @part or x.cause ilike @part or x.technical ilike @part or x.subject_kind = 'rate' and exists (
              select from exceptions.waiting w join customers.billing_account a on a.id = w.billing_account_id where w.case_id = x.id and a.code ilike @part))
            """, "part");
        var (from, until) = Ages.Window(Age, now);
        if (from is { } first) Day("x.opened_at > @from", "from", first);
        if (until is { } last) Day("x.opened_at <= @until", "until", last);
        if (Ids.Count > 0) Day("x.id = any(@ids)", "ids", Ids.ToArray());
        return (terms.Count == 0 ? "true" : string.Join(" and ", terms), parameters);

        void Day(string term, string name, object value)
        {
            terms.Add(term);
            parameters.Add(name, value);
        }
    }

    private static Guid[] IdsOf(string? text, Action<string, string> wrong)
    {
        if (string.IsNullOrWhiteSpace(text)) return [];
        var parts = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length > MostIds)
            wrong("ids", string.Create(CultureInfo.InvariantCulture, $"At most {MostIds}, with commas between them; take another filter for more."));
        else if (Array.Exists(parts, part => !Guid.TryParse(part, out _))) wrong("ids", "Write ids of exceptions with commas between them.");
        else return [.. parts.Select(Guid.Parse)];
        return [];
    }

    private static string Short(string value) => value.Length > 40 ? value[..40] + "…" : value;
}
