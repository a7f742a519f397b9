using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace Tieout.Api.Endpoints;

/// <summary>Whether the program can work.</summary>
internal sealed record Health(string Status);

internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder app) =>
        app.MapGet("/health", Read).WithTags("Health").WithName("readHealth").ProducesProblem(503)
            .WithSummary("Answers 200 while the database answers.");

    private static async Task<Results<Ok<Health>, ProblemHttpResult>> Read(NpgsqlDataSource database, CancellationToken cancel)
    {
        try
        {
            await using var command = database.CreateCommand("select 1");
            await command.ExecuteScalarAsync(cancel);
            return TypedResults.Ok(new Health("healthy"));
        }
        catch (Exception trouble) when (trouble is NpgsqlException or TimeoutException)
        {
            return Problems.Of(503, "database-unavailable", "The database does not answer.", "Nothing can be done until it does.");
        }
    }
}
