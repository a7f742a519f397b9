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
        // No endpoint of its own: one that matches everything would tell a wrong method or content type as a page that is missing.
        app.Use(Page);
    }

    private static Task Page(HttpContext http, RequestDelegate next)
    {
        var path = http.Request.Path;
        if (http.GetEndpoint() is not null || !HttpMethods.IsGet(http.Request.Method) || Path.HasExtension(path)
            || NotScreens.Any(start => path.StartsWithSegments(start, StringComparison.Ordinal))) return next(http);
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.CacheControl = "no-cache";
        return http.Response.SendFileAsync(Path.Combine(Folder, "index.html"));
    }

    // Names of built files hold a hash of their content, so they never change.
    private static void Keep(StaticFileResponseContext context) =>
        context.Context.Response.Headers.CacheControl =
            context.Context.Request.Path.StartsWithSegments("/assets", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
}
