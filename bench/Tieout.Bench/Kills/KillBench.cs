using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Dapper;
using Npgsql;
using Tieout.Sandbox;

namespace Tieout.Bench.Kills;

/// <summary>
/// The real program under <c>kill -9</c>: two <c>tieout post</c> at a time, and billing beside them, deliver into the stand-ins of four ERPs over
/// HTTP, under faults; one of the three after the other is killed. In the end the stand-ins' own ledgers say whether anything was lost or doubled.
/// </summary>
/// <remarks>The seed draws whom, when and with which faults; how far a process has come at that moment is the machine's.</remarks>
internal sealed class KillBench : IAsyncDisposable
{
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(1);
    private static readonly string[] FaultKinds = ["slow", "commit-then-silence", "throttle-429"];

    private readonly KillOptions _options;
    private readonly NpgsqlDataSource _source;
    private readonly string _connection;
    private readonly SandboxServer _sandbox;
    private readonly HttpClient _http;
    private readonly KillLoad _load;
    private readonly Random _random;
    private readonly string _folder = Directory.CreateTempSubdirectory("tieout-kills-").FullName;
    private readonly Dictionary<string, string> _secrets = new(StringComparer.Ordinal) { ["TIEOUT_BENCH_PASSWORD"] = "sandbox" };
    private readonly Dictionary<string, int> _killed = new(StringComparer.Ordinal) { ["post"] = 0, ["bill"] = 0 };
    private DateOnly _month = new(2026, 11, 1);
    private int _midAir;

    private KillBench(KillOptions options, NpgsqlDataSource source, string connection, SandboxServer sandbox)
    {
        (_options, _source, _connection, _sandbox) = (options, source, connection, sandbox);
        _http = new HttpClient { BaseAddress = sandbox.BaseUrl };
        _load = new KillLoad(source);
        _random = new Random(options.Seed);
    }

    private string Targets => Path.Combine(_folder, "targets.yaml");

    private int Kills => _killed.Values.Sum();

    /// <summary>The run with its table; 0 only when nothing was lost, doubled or stuck and every month is reconciled.</summary>
    public static async Task<int> Run(KillOptions options)
    {
        await using var server = await BenchDatabase.Start();
        await using var source = await server.Create("kills");
        var sandbox = await SandboxServer.Start(new SandboxOptions(), CancellationToken.None);
        await using var bench = new KillBench(options, source, server.ConnectionString("kills"), sandbox);
        return await bench.Run();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _sandbox.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<int> Run()
    {
        var watch = Stopwatch.StartNew();
        await Prepare();
        await KillAll();
        await Calm();
        var verdicts = await KillJudge.Run(_source, _http);
        var tieOut = await TieOut();
        await Tell(verdicts, tieOut, watch.Elapsed);
        return verdicts.All(one => one is { Lost: 0, Duplicate: 0, Stuck: 0 }) && tieOut.All(one => one.Verdict == "reconciled") ? 0 : 1;
    }

    private async Task Prepare()
    {
        await File.WriteAllTextAsync(Targets, KillErp.File(_sandbox.BaseUrl));
        // In one line: so a key stands in an environment variable.
        _secrets["TIEOUT_BENCH_KEY"] = (await _http.GetStringAsync("_sandbox/netsuite/key")).ReplaceLineEndings("\\n");
        await _load.Subscriptions(_options.Documents);
        using var bill = Bill();
        await bill.Ended();
        if (bill.Code != 0) throw new InvalidOperationException(bill.Said);
    }

    private async Task KillAll()
    {
        var posts = new[] { await Post(), await Post() };
        KillProcess? bill = null;
        try
        {
            for (var round = 0; Kills < _options.Kills; round++)
            {
                await Faults();
                await _load.Give(KillErp.All[round % KillErp.All.Count]);
                var earlier = bill;
                bill = await Beside(bill);
                // A month is billed within seconds: its killer does not wait for the others.
                var billing = bill is not null && bill != earlier && _random.Next(2) == 0;
                for (var one = 0; one < posts.Length && !billing; one++) posts[one] = await Alive(posts[one]);
                var victim = billing ? bill! : posts[_random.Next(posts.Length)];
                await Task.Delay(_random.Next(billing ? 400 : 0, 1500));
                var sending = await Count("posting.posting where state = 'sending'");
                if (!await victim.Kill()) continue;
                _killed[victim.What]++;
                if (sending > 0) _midAir++;
                Console.Error.WriteLine($"{Kills}: {victim.What} killed, {sending} on the wire, {await Count("posting.posting where state = 'posted'")} posted");
            }
        }
        finally
        {
            if (bill is not null) await bill.Ended();
            foreach (var post in posts) await post.Ended();
            foreach (var process in posts.Append(bill)) process?.Dispose();
        }
    }

    // Faults for some calls of each ERP; those that struck nobody yet stay.
    private async Task Faults()
    {
        foreach (var place in KillErp.All.SelectMany(erp => erp.Places))
        {
            var kind = FaultKinds[_random.Next(FaultKinds.Length)];
            var fault = new { kind, on = place, count = 1 + _random.Next(3), seconds = kind == "throttle-429" ? 1 : 0.5 };
            using var told = await _http.PostAsJsonAsync("_sandbox/faults", fault);
            told.EnsureSuccessStatusCode();
        }
    }

    // A further month is billed when little is left to post, and billed on when its run was killed.
    private async Task<KillProcess?> Beside(KillProcess? bill)
    {
        if (bill is { HasEnded: false }) return bill;
        var killed = bill is not null && bill.Code != 0;
        bill?.Dispose();
        if (!killed)
        {
            if (await Count("posting.posting where state <> 'posted'") > _options.Documents / 2) return null;
            _month = _month.AddMonths(1);
        }
        return Bill();
    }

    private async Task<KillProcess> Alive(KillProcess post)
    {
        if (!post.HasEnded) return post;
        post.Dispose();
        return await Post();
    }

    // It counts as started once it has sent something, or asked after something; or when it ended, because nothing was there for it.
    private async Task<KillProcess> Post()
    {
        var before = await Number("select coalesce(max(number), 0) from posting.node");
        var post = KillProcess.Start(_secrets, "post", "--targets", Targets, "--patience", "60", "--database", _connection);
        var watch = Stopwatch.StartNew();
        while (!post.HasEnded && watch.Elapsed < LongestStart
            && await Number($"select count(*) from posting.attempt where node > {before.ToString(CultureInfo.InvariantCulture)}") == 0)
            await Task.Delay(50);
        return post;
    }

    private KillProcess Bill() => KillProcess.Start(_secrets, "bill", _month.ToString("yyyy-MM", CultureInfo.InvariantCulture), "--database", _connection);

    // No faults, no kills: whoever comes now finishes what the others left.
    private async Task Calm()
    {
        using (var cleared = await _http.DeleteAsync("_sandbox/faults")) cleared.EnsureSuccessStatusCode();
        using (var bill = Bill()) await bill.Ended();
        for (var run = 0; run < 5 && await Count("posting.posting where state <> 'posted'") > 0; run++)
        {
            using var post = await Post();
            await post.Ended();
            if (post.Code != 0) Console.Error.WriteLine(post.Said);
        }
    }

    private async Task<IReadOnlyList<(string Month, string Verdict)>> TieOut()
    {
        List<(string, string)> verdicts = [];
        for (var month = new DateOnly(2026, 11, 1); month <= _month; month = month.AddMonths(1))
        {
            var name = month.ToString("yyyy-MM", CultureInfo.InvariantCulture);
            using var reconcile = KillProcess.Start(_secrets, "reconcile", name, "--targets", Targets, "--database", _connection);
            await reconcile.Ended();
            if (reconcile.Code != 0) Console.Error.WriteLine(reconcile.Said);
            verdicts.Add((name, string.Join('+', await Verdicts(month))));
        }
        return verdicts;
    }

    private async Task Tell(IReadOnlyList<KillVerdict> verdicts, IReadOnlyList<(string Month, string Verdict)> tieOut, TimeSpan took)
    {
        var crashed = await Count("posting.attempt where outcome = 'crashed'");
        var noAnswer = await Count("posting.attempt where outcome = 'no-answer'");
        Console.WriteLine("| target | documents | lost | duplicate | stuck |");
        Console.WriteLine("|---|--:|--:|--:|--:|");
        foreach (var one in verdicts) Console.WriteLine($"| {one.Target} | {Told(one.Documents)} | {one.Lost} | {one.Duplicate} | {one.Stuck} |");
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"""
            Seed {_options.Seed}: {Kills} kills ({_killed["post"]} of posting, {_killed["bill"]} of billing; in {_midAir} documents were on the wire),
            {took.TotalSeconds:0} s in all.
            Credit memos, write-offs, journals and reversals among the documents: {_load.Given:N0}.
            Attempts ended by a crash: {crashed:N0}; without answer: {noAnswer:N0}.
            Tie-out: {string.Join(", ", tieOut.Select(one => $"{one.Month} {one.Verdict}"))}.
            """));
    }

    private async Task<IReadOnlyList<string>> Verdicts(DateOnly month)
    {
        await using var connection = await _source.OpenConnectionAsync();
        return (await connection.QueryAsync<string>(
            "select distinct verdict from reconciliation.entity_result where month = @month order by 1", new { month })).AsList();
    }

    private static string Told(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private Task<long> Count(string from) => Number("select count(*) from " + from);

    private async Task<long> Number(string sql)
    {
        await using var connection = await _source.OpenConnectionAsync();
        return await connection.QuerySingleAsync<long>(sql);
    }
}
