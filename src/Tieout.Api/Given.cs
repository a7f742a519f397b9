using System.Collections.ObjectModel;
using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Tieout.Domain.Invoicing;
using Tieout.Domain.Ledger;

namespace Tieout.Api;

/// <summary>
/// Reads what a person gives with a credit, a write-off, a reversal or a closing, and remembers every field that cannot be taken, so that
/// one answer names them all. What is refused is not repeated: it may be a card number.
/// </summary>
internal sealed class Given
{
    private const int NumberMost = 16;

    private readonly Dictionary<string, string[]> _errors = new(StringComparer.Ordinal);

    public Given(string number, string? actor, string? reason, string? on, string? key) : this(actor, reason)
    {
        Number = number.Trim().ToUpperInvariant();
        if (Number.Length is 0 or > NumberMost || Number.Any(char.IsControl)) _errors["number"] = ["This is not an invoice number."];
        Day = ReadDay(on);
        if (GivenText.KeyProblem(key) is { } problem) _errors["idempotency-key"] = [$"Header Idempotency-Key: {problem}"];
    }

    public Given(string? actor, string? reason)
    {
        if (GivenText.Problem(actor, GivenText.ActorMost) is { } who) _errors["actor"] = [who];
        if (GivenText.Problem(reason, GivenText.ReasonMost) is { } why) _errors["reason"] = [why];
    }

    /// <summary>The invoice's number as our books write it.</summary>
    public string Number { get; } = "";

    /// <summary>The day asked for; null when none was.</summary>
    public DateOnly? Day { get; }

    /// <summary>The answer to a request that cannot be taken; null when it can.</summary>
    public ProblemHttpResult? Problem =>
        _errors.Count == 0 ? null : Problems.BadFields("bad-request", "This request cannot be taken; nothing was changed.", _errors);

    /// <summary>A decimal number above zero; null when it is none.</summary>
    public decimal? Amount(string field, string? text)
    {
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) && amount > 0) return amount;
        _errors[field] = ["An amount above zero is expected, as text with a decimal point, such as \"12.50\"."];
        return null;
    }

    /// <summary>What a line is to be sorted by; none when it was not given, or cannot be taken.</summary>
    public LineDimensions Dimensions(IReadOnlyDictionary<string, string?>? given)
    {
        List<KeyValuePair<string, string>> codes =
            [.. (given ?? ReadOnlyDictionary<string, string?>.Empty).Select(pair => KeyValuePair.Create(pair.Key, pair.Value ?? ""))];
        var problems = LineDimensions.Judge(codes);
        foreach (var problem in problems) _errors[$"dimensions.{problem.Field}"] = [$"{problem.Reason} {problem.Remedy}"];
        return problems.Count == 0 ? new LineDimensions(codes) : LineDimensions.None;
    }

    public T? Wrong<T>(string field, string problem) where T : class
    {
        _errors[field] = [problem];
        return null;
    }

    /// <summary>A rule of the books said no: 409 where what stands is in the way, 400 where the request itself is wrong.</summary>
    public static ProblemHttpResult Refused(string field, string code, string reason, string remedy)
    {
        var status = code is "bad-amount" or "bad-text" or "line-unknown" or "line-twice" ? 400 : 409;
        var text = $"{reason.TrimEnd('.')}. {remedy}".Trim();
        return Problems.Of(
            status, code, "Nothing was changed.", $"{field}: {text}", new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [text] });
    }

    /// <summary>A day that has to be one; null when it is none.</summary>
    public DateOnly? DayOf(string field, string? text)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day;
        _errors[field] = ["A date looks like 2026-11-30."];
        return null;
    }

    private DateOnly? ReadDay(string? text) => string.IsNullOrEmpty(text) ? null : DayOf("on", text);
}
