using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Tieout.Domain.Catalog;

namespace Tieout.Api;

/// <summary>What goes wrong, as RFC 9457 problems. Every one has a stable <c>code</c>; the texts may change.</summary>
internal static class Problems
{
    /// <summary>The code of a problem that no endpoint named itself.</summary>
    public static string CodeOf(int status) => status switch
    {
        400 => "bad-request",
        404 => "not-found",
        405 => "method-not-allowed",
        413 => "too-large",
        415 => "json-required",
        503 => "database-unavailable",
        _ => "internal",
    };

    public static ProblemHttpResult BadId(string id) => Of(
        400, "bad-id", "This id cannot be read.",
        $"'{id}' is not an id: ids look like 0198c2a4-7f3e-7c55-9d0a-3f4f2b6c1e10.");

    public static ProblemHttpResult NotFound(string detail) => Of(404, "not-found", "There is no such thing.", detail);

    /// <summary>What stands is in the way; with the field that would have to be another, where it is one.</summary>
    public static ProblemHttpResult Conflict(string code, string title, string detail, string? field = null) => Of(
        409, code, title, detail, field is null ? null : new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [detail] });

    /// <summary>A code in the document that nothing has.</summary>
    public static ProblemHttpResult NotFound(string field, string detail) => Of(
        404, "not-found", "There is no such thing.", detail, new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [detail] });

    public static ProblemHttpResult BadFields(string code, string title, IDictionary<string, string[]> errors) =>
        Of(400, code, title, string.Join(' ', errors.Values.SelectMany(texts => texts)), errors);

    /// <summary>
    /// Fields of a document that are wrong: in <c>errors</c> as everywhere, and in <c>fields</c> each with its code, its reason and
    /// its remedy apart.
    /// </summary>
    public static ProblemHttpResult BadDocument(string code, string title, IReadOnlyList<PriceProblem> problems)
    {
        var errors = problems.GroupBy(problem => problem.Field, StringComparer.Ordinal).ToDictionary(
            field => field.Key, field => field.Select(problem => $"{problem.Reason} {problem.Remedy}").ToArray(), StringComparer.Ordinal);
        return TypedResults.Problem(
            string.Join('\n', problems), statusCode: 400, title: title,
            extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = code, ["errors"] = errors, ["fields"] = problems });
    }

    public static ProblemHttpResult Of(int status, string code, string title, string detail, IDictionary<string, string[]>? errors = null)
    {
        var more = new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = code };
        if (errors is not null) more["errors"] = errors;
        return TypedResults.Problem(detail, statusCode: status, title: title, extensions: more);
    }
}
