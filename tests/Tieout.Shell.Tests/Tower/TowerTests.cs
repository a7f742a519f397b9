using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Tieout.Shell.Tests.Api;
using Tieout.Shell.Tests.Database;
using static Microsoft.Playwright.Assertions;

namespace Tieout.Shell.Tests.Tower;

/// <summary>The screens as a person sees them, in a real browser over a real database.</summary>
public sealed partial class TowerTests(PostgresFixture postgres) : IAsyncLifetime
{
    private ApiHost host = null!;

    public async ValueTask InitializeAsync() => host = await SeededHost.Start(postgres);

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task The_overview_shows_every_verdict_and_leads_to_the_rows_behind_a_figure()
    {
        await using var browser = await Browser.Open(host.Url);
        var page = browser.Page;
        await page.GotoAsync("/");
        foreach (var verdict in new[] { "not tied out yet", "reconciled with warnings", "breaks", "incomplete" })
            await Expect(page.GetByText(verdict, new() { Exact = true }).First).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Progressbar, new() { Name = "Post what is ready" })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "11,112.10 USD" }).First.ClickAsync();
        await Expect(page).ToHaveURLAsync(host.Url + "/invoices?entity=US&month=2026-11");
        await Expect(page.GetByRole(AriaRole.Row)).ToHaveCountAsync(11);
        browser.ShouldBeQuiet(host.Url);
    }

    [Fact]
    public async Task An_exception_is_explained_and_replayed()
    {
        await using var browser = await Browser.Open(host.Url);
        var page = browser.Page;
        await page.GotoAsync("/exceptions");
        await page.GetByRole(AriaRole.Link, new() { Name = "The customer is blocked in tryton-us" }).ClickAsync();
        foreach (var question in new[] { "What happened", "Why", "Money and period", "Who can fix it", "What to do", "If nobody does" })
            await Expect(page.GetByText(question, new() { Exact = true })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Replay…" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Your name").FillAsync("mara");
        await dialog.GetByLabel("Reason: what was fixed").FillAsync("party unblocked");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Replay", Exact = true }).ClickAsync();
        await Expect(page.GetByText("US-2026-0000021 is ready again.")).ToBeVisibleAsync();
        await Expect(page.GetByText("Replayed by mara: party unblocked")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Replay…" })).ToBeDisabledAsync();
        browser.ShouldBeQuiet(host.Url);
    }

    [Fact]
    public async Task A_replay_of_many_begins_with_its_plan_and_tells_what_came_of_it()
    {
        await using var browser = await Browser.Open(host.Url);
        var page = browser.Page;
        await page.GotoAsync("/exceptions");
        await page.GetByRole(AriaRole.Button, new() { Name = "Groups" }).ClickAsync();
        await Expect(page.GetByText("Cause of the newest")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "The customer is blocked in tryton-us" }).ClickAsync();
        await Expect(page.GetByText("in this filter, touching")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Plan a replay…" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Your name").FillAsync("mara");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Make the plan" }).ClickAsync();
        await dialog.GetByLabel("Reason: what was fixed").FillAsync("party unblocked");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Replay 1", Exact = true }).ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Heading, new() { Name = "The replay is done" })).ToBeVisibleAsync();
        await Expect(dialog.GetByRole(AriaRole.Link, new() { Name = "Result as CSV" })).ToBeVisibleAsync();
        browser.ShouldBeQuiet(host.Url);
    }

    [Theory]
    [InlineData("DE-2026-0000001")]
    [InlineData("1900000001")]
    [InlineData("1000/1900000001/2026")]
    public async Task Any_id_is_found_by_keyboard_and_tells_the_same_story(string id)
    {
        await using var browser = await Browser.Open(host.Url);
        var page = browser.Page;
        await page.GotoAsync("/");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Overview" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync(id);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("is in sap-de as 1900000001, and both books agree")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "Story" }).GetByRole(AriaRole.Listitem)).ToHaveCountAsync(11);
        await page.GetByText("JournalEntryBulkCreate").ClickAsync();
        await Expect(page.GetByLabel("Request")).ToContainTextAsync("<DocumentReferenceID>DE-2026-0000001");
        browser.ShouldBeQuiet(host.Url);
    }

    [Fact]
    public async Task Letters_go_to_screens()
    {
        await using var browser = await Browser.Open(host.Url);
        var page = browser.Page;
        await page.GotoAsync("/");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Overview" })).ToBeVisibleAsync();
        foreach (var (key, heading) in new[] { ("e", "Exceptions"), ("i", "Invoices"), ("t", "Timeline"), ("b", "Balances"), ("r", "Runs"), ("o", "Overview") })
        {
            await page.EvaluateAsync("document.activeElement?.blur()");
            await page.Keyboard.PressAsync("g");
            await page.Keyboard.PressAsync(key);
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = heading, Level = 1 })).ToBeVisibleAsync();
        }
        browser.ShouldBeQuiet(host.Url);
    }

    [Fact]
    public async Task Dark_follows_the_system_until_a_person_chooses()
    {
        await using var browser = await Browser.Open(host.Url, ColorScheme.Dark);
        var page = browser.Page;
        await page.GotoAsync("/");
        await Expect(page.Locator("body")).ToHaveCSSAsync("background-color", "rgb(16, 22, 29)");
        await page.GetByLabel("Theme").SelectOptionAsync("light");
        await page.ReloadAsync();
        await Expect(page.Locator("body")).ToHaveCSSAsync("background-color", "rgb(244, 246, 248)");
        browser.ShouldBeQuiet(host.Url);
    }

    [Fact]
    public async Task Progress_arrives_without_a_reload()
    {
        await using var browser = await Browser.Open(host.Url);
        var page = browser.Page;
        await page.GotoAsync("/runs");
        await Expect(page.GetByText("15 of 22 postings").First).ToBeVisibleAsync();
        await host.Database.Execute("update runs.run set done = 19, updated_at = updated_at + interval '1 second' where state = 'running'");
        await Expect(page.GetByText("19 of 22 postings").First).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("/timeline/no-such-id", "Nothing has this id.")]
    [InlineData("/exceptions?text=no-such-text", "No exception is in this filter.")]
    [InlineData("/invoices?month=2030-01", "No invoice is in this filter.")]
    [InlineData("/nowhere", "There is no such screen")]
    [InlineData("/runs/abc", "This id cannot be read.")]
    public async Task What_is_not_there_is_said_in_words(string path, string words)
    {
        await using var browser = await Browser.Open(host.Url);
        await browser.Page.GotoAsync(path);
        await Expect(browser.Page.GetByText(words)).ToBeVisibleAsync();
        // The browser itself notes a 4xx on the console.
        browser.Complaints.Where(text => !NotFound().IsMatch(text)).ShouldBeEmpty();
    }

    [GeneratedRegex("status of 40[04]", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NotFound();
}
