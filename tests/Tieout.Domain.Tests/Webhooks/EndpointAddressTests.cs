using System.Net;
using Tieout.Domain.Webhooks;

namespace Tieout.Domain.Tests.Webhooks;

public class EndpointAddressTests
{
    [Theory]
    [InlineData("https://example.com/hooks?x=1")]
    [InlineData("https://example.com:8443/")]
    [InlineData("https://93.184.216.34/")]
    [InlineData("https://[2606:2800:220:1:248:1893:25c8:1946]/")]
    [InlineData("http://127.0.0.1:9000/hook")]
    [InlineData("http://localhost:9000/hook")]
    [InlineData("https://[::1]/hook")]
    public void Public_addresses_and_this_machine_by_name_are_taken(string url) => EndpointAddress.Problem(url).ShouldBeNull();

    [Theory]
    [InlineData("")]
    [InlineData("example.com")]
    [InlineData("ftp://example.com/")]
    [InlineData("http://example.com/")]
    [InlineData("https://user:word@example.com/")]
    [InlineData("https://example.com/#part")]
    [InlineData("https://example.com/4111111111111111")]
    [InlineData("https://10.1.2.3/")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://192.168.0.1/")]
    [InlineData("https://2130706434.example/ x")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://[fe80::1]/")]
    public void Others_are_refused_with_a_reason(string url) => EndpointAddress.Problem(url).ShouldNotBeNullOrWhiteSpace();

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:192.168.1.1")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("2002:a00:1::1")]
    [InlineData("fc00::1")]
    [InlineData("fd12::1")]
    [InlineData("fe80::1")]
    [InlineData("ff02::1")]
    public void A_public_name_that_leads_inside_is_refused(string address) =>
        EndpointAddress.Allows(new Uri("https://example.com/"), IPAddress.Parse(address)).ShouldBeFalse();

    [Theory]
    [InlineData("93.184.216.34")]
    [InlineData("172.32.0.1")]
    [InlineData("2606:2800:220:1:248:1893:25c8:1946")]
    [InlineData("::ffff:93.184.216.34")]
    [InlineData("64:ff9b::5db8:d822")]
    public void A_public_name_may_lead_to_public_addresses(string address) =>
        EndpointAddress.Allows(new Uri("https://example.com/"), IPAddress.Parse(address)).ShouldBeTrue();

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("10.0.0.1", false)]
    [InlineData("93.184.216.34", false)]
    public void This_machines_name_leads_to_this_machine_only(string address, bool allowed) =>
        EndpointAddress.Allows(new Uri("http://localhost:9000/"), IPAddress.Parse(address)).ShouldBe(allowed);
}
