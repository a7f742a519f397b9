using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace Tieout.Api;

/// <summary>Serves the control tower: its files, and its one page under every address that is a screen's.</summary>
internal static class Pages
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "wwwroot");
    private static readonly string[] NotScreens = ["/v1", "/openapi", "/health", "/assets"];

    public static void UseTower(this WebApplication app)
    {
        if (!File.Exists(Path.Combine(Folder, "index.html")))
        {
            app.MapGet("/", () => Results.Text("The control tower's pages were not built into this program. The API is under /v1.\n"))
                .ExcludeFromDescription();
            return;
        }
        app.UseStaticFiles(new StaticFileOptions { FileProvider = new PhysicalFileProvider(Folder), OnPrepareResponse = Keep });
        app.MapFallback(Page).ExcludeFromDescription();
    }

    private static Task Page(HttpContext http)
    {
        var path = http.Request.Path;
        if (!HttpMethods.IsGet(http.Request.Method) || NotScreens.Any(start => path.StartsWithSegments(start, StringComparison.Ordinal)))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.CacheControl = "no-cache";
        return http.Response.SendFileAsync(Path.Combine(Folder, "index.html"));
    }

    // Names of built files hold a hash of their content, so they never change.
    private static void Keep(StaticFileResponseContext context) =>
        context.Context.Response.Headers.CacheControl =
            context.Context.Request.Path.StartsWithSegments("/assets", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
}
