using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tieout.Sandbox;

/// <summary>What faults are asked for by: <c>/_sandbox/faults</c>, <c>/_sandbox/keys</c> and <c>/_sandbox/reset</c>.</summary>
internal static class FaultControl
{
    /// <summary>Adds the controls, and answers the group that stand-ins add theirs to.</summary>
    public static RouteGroupBuilder Map(IEndpointRouteBuilder app, Faults faults, SandboxOptions options, IReadOnlyList<Action> resets)
    {
        var control = app.MapGroup("/_sandbox");
        control.MapPost("/faults", (Fault fault) =>
        {
            if (!Faults.Kinds.Contains(fault.Kind, StringComparer.Ordinal))
                return Results.BadRequest($"kind must be one of {string.Join(", ", Faults.Kinds)}.");
            if (!FaultPlaces.Kinds.ContainsKey(fault.On))
                return Results.BadRequest($"on must be one of {string.Join(", ", FaultPlaces.Kinds.Keys)}.");
            if (fault.After < 0) return Results.BadRequest("after must not be below 0.");
            faults.Add(fault);
            return Results.NoContent();
        });
        control.MapGet("/faults", () => FaultPlaces.Kinds);
        control.MapDelete("/faults", () => { faults.Clear(); return Results.NoContent(); });
        control.MapGet("/faults/log", () => faults.Log.Report(faults.Seeded));
        control.MapPost("/faults/seed", (Seeding seeding) =>
        {
            if (!(seeding.Rate is >= 0 and <= 1)) return Results.BadRequest("rate must be from 0 to 1.");
            faults.Seed(seeding.Seed, seeding.Rate);
            return Results.NoContent();
        });
        control.MapPost("/keys", (KeyWindow window) =>
        {
            if (window.Calls < 0 || window.Seconds < 0) return Results.BadRequest("calls and seconds must not be below 0.");
            faults.Keys = window;
            return Results.NoContent();
        });
        control.MapPost("/reset", () =>
        {
            faults.Clear();
            faults.Log.Forget();
            if (options.Seed is { } seed) faults.Seed(seed, options.FaultRate);
            foreach (var reset in resets) reset();
            return Results.NoContent();
        });
        return control;
    }

    /// <summary>Input of <c>/_sandbox/faults/seed</c>.</summary>
    /// <param name="Rate">The share of calls that are struck.</param>
    internal sealed record Seeding(long Seed, double Rate = 0.1);
}
