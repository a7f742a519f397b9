using System.Text.Json;
using Tieout.Application.Database.Embedded;

namespace Tieout.Shell.Tests.Database;

public sealed class ServerSettingsTests
{
    private const long Gigabyte = 1L << 30;

    [Theory]
    [InlineData(24, "512MB", "64MB")]
    [InlineData(4, "512MB", "64MB")]
    [InlineData(2, "256MB", "32MB")]
    public void Memory_is_bounded_by_the_machine(int gigabytes, string sharedBuffers, string workMemory)
    {
        var settings = ServerSettings.For(20_000, gigabytes * Gigabyte, freeDisk: 100 * Gigabyte, sharedMemory: 8 * Gigabyte);
        Assert.Equal(sharedBuffers, settings["shared_buffers"]);
        Assert.Equal(workMemory, settings["work_mem"]);
    }

    [Theory]
    [InlineData(100, "8192MB")]
    [InlineData(4, "1024MB")]
    [InlineData(0, "256MB")]
    public void The_log_does_not_outgrow_a_small_disk(int freeGigabytes, string expected) =>
        Assert.Equal(expected, ServerSettings.For(20_000, Gigabyte, freeGigabytes * Gigabyte, sharedMemory: null)["max_wal_size"]);

    [Fact]
    public void A_small_shared_memory_folder_is_not_used()
    {
        var settings = ServerSettings.For(20_000, Gigabyte, Gigabyte, sharedMemory: 64 << 20);
        Assert.Equal("mmap", settings["dynamic_shared_memory_type"]);
    }

    [Fact]
    public void The_pinned_package_is_the_version_the_program_wants()
    {
        var package = Path.Combine(EmbeddedPostgresOptions.FromEnvironment().PackageFolder, "package.json");
        using var json = JsonDocument.Parse(File.ReadAllBytes(package));
        Assert.All(
            json.RootElement.GetProperty("optionalDependencies").EnumerateObject(),
            dependency => Assert.Equal(PostgresBinaries.Version, dependency.Value.GetString()));
    }
}
