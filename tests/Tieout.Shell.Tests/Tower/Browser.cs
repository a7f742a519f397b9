using Microsoft.Playwright;

namespace Tieout.Shell.Tests.Tower;

/// <summary>Chromium with one page; it remembers every complaint and every request that leaves our host.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private const string Executable = "/usr/bin/chromium";

    private readonly IPlaywright playwright;
    private readonly IBrowser browser;

    private Browser(IPlaywright driver, IBrowser opened, IPage page)
    {
        (playwright, browser, Page) = (driver, opened, page);
        page.SetDefaultTimeout(15_000);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") Complaints.Add(message.Text);
        };
        page.PageError += (_, error) => Complaints.Add(error);
        page.Request += (_, request) => Requests.Add(request.Url);
    }

    public IPage Page { get; }

    public List<string> Complaints { get; } = [];

    public List<string> Requests { get; } = [];

    /// <summary>
    /// Fails where the browser is missing, so that nobody believes the screens were looked at. With
    /// TIEOUT_TESTS_ALLOW_MISSING=1 the test is reported as not run instead.
    /// </summary>
    public static async Task<Browser> Open(string url, ColorScheme scheme = ColorScheme.Light)
    {
        if (!File.Exists(Executable))
        {
            const string Missing = "NOT RUN: the control tower was not looked at, for there is no " + Executable + ".";
            if (Environment.GetEnvironmentVariable("TIEOUT_TESTS_ALLOW_MISSING") == "1") Assert.Skip(Missing);
            Assert.Fail(Missing + " Install Debian's chromium, or set TIEOUT_TESTS_ALLOW_MISSING=1.");
        }
        var driver = await Playwright.CreateAsync();
        var opened = await driver.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Executable,
            Headless = true,
            Args = ["--no-sandbox", "--disable-dev-shm-usage"],
        });
        var page = await opened.NewPageAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = 1440, Height = 900 }, BaseURL = url });
        return new Browser(driver, opened, page);
    }

    /// <summary>Nothing went wrong in the page, and it asked nobody but us.</summary>
    public void ShouldBeQuiet(string url)
    {
        Complaints.ShouldBeEmpty();
        Requests.Where(request => !request.StartsWith(url, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        await browser.CloseAsync();
        playwright.Dispose();
    }
}
