using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tieout.Shell.Tests.Api;
using Tieout.Shell.Tests.Kills;

namespace Tieout.Shell.Tests.Cli;

public sealed class TakenPortTests(RefusingHost host) : IClassFixture<RefusingHost>
{
    [Fact]
    public async Task A_port_that_is_taken_is_told_in_one_sentence()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}");
        using var process = TieoutProcess.Start("serve", "--url", url, "--database", host.Books.ConnectionString);

        (await process.Ended()).ShouldBe(1);
        process.Said.ShouldContain($"Nothing can listen on {url}");
        process.Said.ShouldContain("--url");
        process.Said.ShouldNotContain("   at ");
    }
}
