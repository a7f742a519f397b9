using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Tieout.Application.Exceptions;
using Tieout.Application.Views;

namespace Tieout.Api.Endpoints;

/// <summary>What came of a request about exceptions, as an answer.</summary>
internal static class CaseAnswers
{
    public static Results<Ok<T>, ProblemHttpResult> Answer<T>(CaseOutcome<T> outcome) =>
        outcome is CaseDone<T>(var value) ? TypedResults.Ok(value) : Problem(outcome);

    public static ProblemHttpResult Problem<T>(CaseOutcome<T> outcome) => outcome switch
    {
        CaseUnreadable<T>(var errors) => Problems.BadFields(
            "bad-request", "This request cannot be taken; nothing was changed.", new Dictionary<string, string[]>(errors, StringComparer.Ordinal)),
        CaseNotFound<T>(var words) => Problems.NotFound(words),
        CaseRefused<T>(var code, var reason, var remedy) => Problems.Conflict(code, "Nothing was changed.", $"{reason} {remedy}"),
        _ => throw new InvalidOperationException($"No answer for {outcome}."),
    };

    /// <summary>The filter of a document, by the names of <see cref="ExceptionFilter.Names"/>; or the answer to one that cannot be read.</summary>
    public static (ExceptionFilter Filter, ProblemHttpResult? Problem) Read(IReadOnlyDictionary<string, string>? given)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        void Wrong(string name, string text) => errors["filter." + name] = [text];
        if (given is null) errors["filter"] = [$"Is needed: an object of {string.Join(", ", ExceptionFilter.Names)}; an empty one means everything open."];
        foreach (var name in (given?.Keys ?? []).Where(name => !ExceptionFilter.Names.Contains(name, StringComparer.Ordinal)))
            Wrong(name, $"Is not one of {string.Join(", ", ExceptionFilter.Names)}.");
        var filter = ExceptionFilter.Read(name => given?.GetValueOrDefault(name), Wrong);
        return (filter, errors.Count == 0 ? null : Problems.BadFields("bad-filter", "This filter cannot be read; nothing was changed.", errors));
    }
}
