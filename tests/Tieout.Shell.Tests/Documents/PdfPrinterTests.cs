using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Tieout.Application.Documents;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Documents;

/// <summary>Printing with the real browser.</summary>
public sealed partial class PdfPrinterTests
{
    [Fact]
    public async Task One_browser_prints_many_pages_at_once()
    {
        Printing.DemandBrowser();
        await using var printer = new PdfPrinter(() => Printing.Found, atOnce: 2);
        var pages = await Task.WhenAll(Enumerable.Range(1, 8).Select(number => Print(printer, Page($"document {number}", number))));
        pages.Select(Count).ShouldBe(Enumerable.Range(1, 8));
        var first = printer.ProcessId.ShouldNotBeNull();
        await Print(printer, Page("one more", 1));
        printer.ProcessId.ShouldBe(first);
    }

    [Fact]
    public async Task A_browser_that_died_is_started_anew_and_nobody_notices()
    {
        Printing.DemandBrowser();
        await using var printer = new PdfPrinter(() => Printing.Found, atOnce: 2);
        await Print(printer, Page("before", 1));
        var before = printer.ProcessId.ShouldNotBeNull();
        using (var browser = Process.GetProcessById(before)) browser.Kill(entireProcessTree: true);
        Count(await Print(printer, Page("after", 2))).ShouldBe(2);
        printer.ProcessId.ShouldNotBe(before);
    }

    [Fact]
    public async Task The_browser_ends_with_its_printer_and_leaves_nothing_behind()
    {
        Printing.DemandBrowser();
        var printer = new PdfPrinter(() => Printing.Found, atOnce: 1);
        await Print(printer, Page("x", 1));
        using var browser = Process.GetProcessById(printer.ProcessId.ShouldNotBeNull());
        await printer.DisposeAsync();
        await Eventually.True(() => Task.FromResult(browser.HasExited), "the browser has ended");
    }

    [Fact]
    public async Task A_page_reaches_no_network_whatever_it_holds()
    {
        Printing.DemandBrowser();
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}");
        await using var printer = new PdfPrinter(() => Printing.Found, atOnce: 1);
        await Print(printer,
            $"<img src='{url}/i'><link rel=stylesheet href='{url}/s'><script>fetch('{url}/f')</script><iframe src='{url}/d'></iframe><p style=\"background:url({url}/b)\">x");
        server.Pending().ShouldBeFalse();
    }

    [Fact]
    public async Task Where_no_browser_is_installed_the_reason_says_what_to_do()
    {
        await using var printer = new PdfPrinter(() => ChromiumProgram.Find(null, "/nowhere"), atOnce: 1);
        var reason = (await printer.Print("<p>x", CancellationToken.None)).ShouldBeOfType<PrintOutcome.Unavailable>().Reason;
        reason.ShouldContain("Print the HTML");
        reason.ShouldContain("install Chromium");
    }

    [Theory]
    [InlineData("/bin/true", "does not work here")]
    [InlineData("/bin/cat", "does not work here")]
    [InlineData("/no/such/browser", "there is no such file")]
    public async Task What_is_no_browser_is_told_and_tried_no_further(string program, string reason)
    {
        await using var printer = new PdfPrinter(() => ChromiumProgram.Find(program, null), atOnce: 1);
        (await printer.Print("<p>x", CancellationToken.None)).ShouldBeOfType<PrintOutcome.Unavailable>().Reason.ShouldContain(reason);
    }

    private static async Task<byte[]> Print(PdfPrinter printer, string html) =>
        (await printer.Print(html, CancellationToken.None)).ShouldBeOfType<PrintOutcome.Printed>().Pdf;

    private static string Page(string text, int pages) =>
        "<style>@page { size: A4 } p { break-after: page } p:last-child { break-after: auto }</style>"
        + string.Concat(Enumerable.Repeat($"<p>{text}</p>", pages));

    // Page objects stand uncompressed in what Chromium writes.
    private static int Count(byte[] pdf) => PageObject().Count(Encoding.Latin1.GetString(pdf));

    [GeneratedRegex(@"/Type\s*/Page\b", RegexOptions.None, 1000)]
    private static partial Regex PageObject();
}
