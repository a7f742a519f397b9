using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Tieout.Application.Catalog;
using Tieout.Domain.Catalog;

namespace Tieout.Api;

/// <summary>A request's document as the use case reads it, member by member, so that one answer names everything wrong.</summary>
internal static class Body
{
    /// <summary>The document, or the answer to what is no JSON.</summary>
    public static async Task<(JsonElement Document, ProblemHttpResult? Problem)> Read(HttpRequest request, CancellationToken cancel)
    {
        using var bytes = new MemoryStream();
        await request.Body.CopyToAsync(bytes, cancel);
        List<PriceProblem> problems = [];
        return StrictJson.Parse(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), problems) is { } document
            ? (document, null)
            : (default, Problems.BadDocument("bad-json", "This is not JSON.", problems));
    }

    /// <summary>Tells the API's description that the request holds a document.</summary>
    public static RouteHandlerBuilder TakesDocument(this RouteHandlerBuilder route) => route.Accepts<JsonElement>("application/json");
}
