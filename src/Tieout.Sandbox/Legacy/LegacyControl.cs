using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tieout.Sandbox.Legacy;

/// <summary>What tests and the demo steer a legacy ERP by, under <c>/_sandbox/legacy-files</c> and <c>/_sandbox/legacy-soap</c>.</summary>
internal static class LegacyControl
{
    /// <summary>Adds the controls; <paramref name="changed"/> is called after every change of the books.</summary>
    public static void Map(IEndpointRouteBuilder control, string name, Func<LegacyBooks> books, Action changed)
    {
        var group = control.MapGroup("/" + name);
        group.MapGet("/ledger", () => Locked(books(), one => new
        {
            documents = one.Postings.Count,
            twice = one.Postings.GroupBy(posting => posting.Key).Where(key => key.Count() > 1).Select(key => key.Key).ToList(),
        }));
        group.MapGet("/ledger/{key}", (string key) => Locked(books(), one => one.Postings.Where(posting => posting.Key == key).ToList()));
        group.MapGet("/open/{key}", (string key) => Locked(books(), one => one.OpenOf(key)));
        group.MapPost("/periods/close", (Period period) => Changed(one => { one.SetClosed(period.Month, closed: true); return true; }));
        group.MapPost("/periods/open", (Period period) => Changed(one => { one.SetClosed(period.Month, closed: false); return true; }));
        group.MapPost("/customers/block", (Block block) => Changed(one => one.Block(block.Code, block.Blocked)));
        group.MapPost("/tamper/delete", (Which which) => Changed(one => one.Tamper(which.Key, _ => null)));
        group.MapPost("/tamper/copy", (Which which) => Changed(one =>
        {
            if (one.Postings.LastOrDefault(posting => posting.Key == which.Key) is not { } original) return false;
            one.Add(original);
            return true;
        }));

        IResult Changed(Func<LegacyBooks, bool> change)
        {
            if (!Locked(books(), change)) return Results.NotFound();
            changed();
            return Results.NoContent();
        }
    }

    /// <summary>What only files have: where the folders are, and an export that breaks off.</summary>
    public static void MapFiles(IEndpointRouteBuilder control, Func<string> folder, Action spoil)
    {
        control.MapGet("/legacy-files/folder", () => new { folder = folder() });
        control.MapPost("/legacy-files/exports/spoil", () => { spoil(); return Results.NoContent(); });
    }

    private static T Locked<T>(LegacyBooks books, Func<LegacyBooks, T> ask)
    {
        lock (books.Gate) return ask(books);
    }

    /// <summary>A month as <c>2026-11</c>.</summary>
    internal sealed record Period(string Month);

    /// <summary>Our code of the customer.</summary>
    internal sealed record Block(string Code, bool Blocked = true);

    /// <summary>Our business key.</summary>
    internal sealed record Which(string Key);
}
