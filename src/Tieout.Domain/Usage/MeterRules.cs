using Tieout.Domain.Intake;

namespace Tieout.Domain.Usage;

/// <summary>A meter as somebody asks for it; nothing is checked yet.</summary>
public sealed record MeterDraft(
    string Code,
    string Name,
    Aggregation Aggregation,
    IReadOnlyList<string> EventTypes,
    string ValueProperty = "",
    string UniqueProperty = "",
    IReadOnlyList<MeterFilter>? Filters = null,
    IReadOnlyList<string>? GroupBy = null,
    bool KeepTransactions = false,
    bool NegativeAllowed = false,
    int HoursAhead = 1);

/// <summary>What is wrong with one field of a draft, and how to put it right.</summary>
public sealed record MeterProblem(string Field, string Problem);

/// <summary>What a meter must be.</summary>
public static class MeterRules
{
    /// <summary>Dimensions a meter may keep apart.</summary>
    public const int MostDimensions = 5;

    private const int MostTypes = 20;
    private const int MostFilters = 10;
    private const int MostValues = 50;
    private const int LongestCode = 60;
    private const int MostHoursAhead = 8784;

    /// <summary>The meter, or everything that is wrong with the draft; exactly one of the two.</summary>
    public static (Meter? Meter, IReadOnlyList<MeterProblem> Problems) Judge(MeterDraft draft)
    {
        List<MeterProblem> problems = [];
        void Demand(bool holds, string field, string problem)
        {
            if (!holds) problems.Add(new MeterProblem(field, problem));
        }

        Demand(IsCode(draft.Code), "code", "1 to 60 letters, digits, dots, dashes or underscores.");
        Demand(IsText(draft.Name), "name", "A name of 1 to 200 visible characters.");
        Demand(Enum.IsDefined(draft.Aggregation), "aggregation", "One of count, sum, max, latest, unique-count, time-weighted, unit-hours.");
        Demand(AreTexts(draft.EventTypes, 1, MostTypes), "eventTypes", $"1 to {MostTypes} different types of events.");
        Demand(draft.Aggregation.ReadsValue() ? IsText(draft.ValueProperty) : draft.ValueProperty.Length == 0, "valueProperty",
            draft.Aggregation.ReadsValue() ? "Name the property that holds the number." : "This aggregation reads no number; leave it out.");
        var unique = draft.Aggregation == Aggregation.UniqueCount;
        Demand(unique ? IsText(draft.UniqueProperty) : draft.UniqueProperty.Length == 0, "uniqueProperty",
            unique ? "Name the property whose different values are counted." : "Only unique-count has one; leave it out.");
        Demand(AreTexts(draft.GroupBy ?? [], 0, MostDimensions), "groupBy", $"At most {MostDimensions} different properties.");
        Demand(AreFilters(draft.Filters ?? []), "filters",
            $"At most {MostFilters} filters, each a property with 1 to {MostValues} values; 'is' has one value.");
        Demand(!draft.KeepTransactions || draft.Aggregation == Aggregation.Sum, "keepTransactions", "Only a sum is priced by transaction.");
        Demand(!draft.NegativeAllowed || draft.Aggregation.ReadsValue(), "negativeAllowed", "This aggregation reads no number; leave it out.");
        Demand(draft.HoursAhead is >= 0 and <= MostHoursAhead, "hoursAhead", $"0 to {MostHoursAhead} hours.");
        return problems.Count > 0 ? (null, problems) : (Made(draft), []);
    }

    private static Meter Made(MeterDraft draft) => new(draft.Code, draft.Name.Trim(), draft.Aggregation, draft.EventTypes)
    {
        ValueProperty = draft.ValueProperty,
        UniqueProperty = draft.UniqueProperty,
        Filters = draft.Filters ?? [],
        GroupBy = draft.GroupBy ?? [],
        KeepTransactions = draft.KeepTransactions,
        NegativeAllowed = draft.NegativeAllowed,
        HoursAhead = draft.HoursAhead,
    };

    private static bool IsCode(string code) => code.Length is > 0 and <= LongestCode
        && code.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_');

    private static bool IsText(string text) => !string.IsNullOrWhiteSpace(text) && FieldRules.OfText(text) is null;

    private static bool AreTexts(IReadOnlyList<string> texts, int least, int most) =>
        texts.Count >= least && texts.Count <= most && texts.All(IsText) && texts.Distinct(StringComparer.Ordinal).Count() == texts.Count;

    private static bool AreFilters(IReadOnlyList<MeterFilter> filters) => filters.Count <= MostFilters && filters.All(filter =>
        IsText(filter.Property) && Enum.IsDefined(filter.Operator) && filter.Values.Count is > 0 and <= MostValues
        && (filter.Operator != FilterOperator.Is || filter.Values.Count == 1)
        && filter.Values.All(value => FieldRules.OfText(value) is null));
}
