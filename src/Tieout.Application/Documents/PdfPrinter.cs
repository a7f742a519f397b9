using System.Collections.Concurrent;

namespace Tieout.Application.Documents;

/// <summary>What came of printing.</summary>
public abstract record PrintOutcome
{
    private PrintOutcome() { }

    /// <summary>The PDF.</summary>
    public sealed record Printed(byte[] Pdf) : PrintOutcome;

    /// <summary>No browser is there, or none that works; the reason says what to do.</summary>
    public sealed record Unavailable(string Reason) : PrintOutcome;
}

/// <summary>
/// Prints HTML to PDF. One browser, started with the first page, serves all; a few pages are printed at once, the others wait. A browser
/// that died is started anew and the page tried once more. Disposing ends it; so does any death of this process.
/// </summary>
/// <param name="findProgram">Gives the browser's program, or null and the reason why there is none.</param>
/// <param name="atOnce">Pages printed at the same time.</param>
public sealed class PdfPrinter(Func<(string? Program, string Problem)> findProgram, int atOnce) : IAsyncDisposable
{
    private const int Tries = 2;
    private const int DocumentsOfAPage = 200;

    // A page of 2,000 lines takes seconds on a busy machine; whatever takes this long has hung.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly SemaphoreSlim places = new(atOnce);
    private readonly SemaphoreSlim starting = new(1);
    private readonly ConcurrentBag<ChromiumPage> idle = [];
    private Chromium? browser;

    /// <summary>The printer of this machine: the browser that is installed, as many pages at once as there are cores, at most four.</summary>
    public static PdfPrinter OfThisMachine() => new(
        () => ChromiumProgram.Find(Environment.GetEnvironmentVariable(ChromiumProgram.Setting), Environment.GetEnvironmentVariable("PATH")),
        Math.Clamp(Environment.ProcessorCount, 1, 4));

    /// <summary>The browser's process, for whoever watches over it; null while there is none.</summary>
    internal int? ProcessId => browser is { IsGone: false } running ? running.ProcessId : null;

    /// <summary>Prints one page.</summary>
    public async Task<PrintOutcome> Print(string html, CancellationToken cancel)
    {
        var (program, problem) = findProgram();
        if (program is null) return new PrintOutcome.Unavailable(problem);
        await places.WaitAsync(cancel);
        try
        {
            return await Print(program, html, cancel);
        }
        finally
        {
            places.Release();
        }
    }

    /// <summary>Ends the browser.</summary>
    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        browser = null;
        places.Dispose();
        starting.Dispose();
    }

    private async Task<PrintOutcome> Print(string program, string html, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            Chromium? used = null;
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            patience.CancelAfter(Patience);
            try
            {
                used = await Running(program, patience.Token);
                var page = await Page(used, patience.Token);
                var pdf = await page.Print(html, patience.Token);
                await GiveBack(page, patience.Token);
                return new PrintOutcome.Printed(pdf);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                await Discard(used);
                if (attempt == Tries) return new PrintOutcome.Unavailable($"The browser {program} did not print in {Patience.TotalSeconds:0} s. Print the HTML.");
            }
            catch (BrowserGoneException gone)
            {
                await Discard(used);
                if (attempt == Tries)
                    return new PrintOutcome.Unavailable($"The browser {program} does not work here: {gone.Message} Print the HTML from your browser.");
            }
        }
    }

    private async Task<Chromium> Running(string program, CancellationToken cancel)
    {
        if (browser is { IsGone: false } running) return running;
        await starting.WaitAsync(cancel);
        try
        {
            if (browser is { IsGone: false } started) return started;
            if (browser is not null) await browser.DisposeAsync();
            browser = null;
            return browser = await Chromium.Start(program, cancel);
        }
        finally
        {
            starting.Release();
        }
    }

    private async Task<ChromiumPage> Page(Chromium current, CancellationToken cancel)
    {
        while (idle.TryTake(out var page))
            if (ReferenceEquals(page.Browser, current)) return page;
        return await current.OpenPage(cancel);
    }

    private async Task GiveBack(ChromiumPage page, CancellationToken cancel)
    {
        if (page.Printed < DocumentsOfAPage) idle.Add(page);
        else await page.Close(cancel);
    }

    // Whatever made one page fail may have harmed the browser: the others that are under way are tried again on a new one as well.
    private async Task Discard(Chromium? used)
    {
        if (used is null) return;
        await starting.WaitAsync(CancellationToken.None);
        try
        {
            if (!ReferenceEquals(browser, used)) return;
            browser = null;
            await used.DisposeAsync();
        }
        finally
        {
            starting.Release();
        }
    }
}
