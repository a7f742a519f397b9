using System.Diagnostics;
using System.Text.Json;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Connectors.Tryton;

/// <summary>Tests against the one real ERP run one after another: they close its periods and count its invoices.</summary>
[CollectionDefinition(Name)]
public sealed class TrytonCollection : ICollectionFixture<TrytonFixture>
{
    public const string Name = "tryton";
}

/// <summary>
/// A real Tryton of this test run, started when the first test asks for it (about a minute) and removed at the end. Where its
/// packages cannot be installed the tests fail; with TIEOUT_TESTS_ALLOW_MISSING=1 they are skipped, and say so.
/// </summary>
public sealed class TrytonFixture : IAsyncLifetime
{
    private const int PackagesMissing = 3;

    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<Task<TrytonErp>> _erp;
    private string _missing = "";

    public TrytonFixture() => _erp = new Lazy<Task<TrytonErp>>(Start);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>The ERP, asked past the connector.</summary>
    public async Task<TrytonErp> Erp()
    {
        try
        {
            return await _erp.Value;
        }
        catch (InvalidOperationException) when (_missing.Length > 0 && Environment.GetEnvironmentVariable("TIEOUT_TESTS_ALLOW_MISSING") == "1")
        {
            Assert.Skip(_missing);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_erp.IsValueCreated)
        {
            if (_erp.Value.IsCompletedSuccessfully) await _erp.Value.Result.DisposeAsync();
            await Run("down");
        }
        _folder.Dispose();
    }

    private async Task<TrytonErp> Start()
    {
        var (exit, output, errors) = await Run("reset");
        if (exit == PackagesMissing)
        {
            _missing = $"NOT TESTED against the real Tryton: {errors.Trim()}";
            await Console.Error.WriteLineAsync(_missing);
        }
        if (exit != 0) throw new InvalidOperationException($"dev/tryton ended with {exit}: {errors}");
        return await TrytonErp.Connect(JsonElement.Parse(output));
    }

    private async Task<(int Exit, string Output, string Errors)> Run(string verb)
    {
        var start = new ProcessStartInfo(Path.Combine(Root(), "dev", "tryton"), [verb])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TRYTON_HOME"] = _folder["erp"];
        start.Environment["TRYTON_PG_FAST"] = "1"; // the data is thrown away
        foreach (var name in (string[])["TRYTON_PORT", "TRYTON_DB_URI", "TRYTON_DB", "TRYTON_WORKERS", "TRYTON_SESSION_TIMEOUT"]) start.Environment.Remove(name);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Tieout.slnx"))) folder = folder.Parent;
        return folder.FullName;
    }
}
