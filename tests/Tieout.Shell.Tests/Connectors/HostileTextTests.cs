using System.Text;
using Tieout.Connectors.Dynamics;
using Tieout.Connectors.NetSuite;
using Tieout.Connectors.Odoo;
using Tieout.Connectors.Tryton;

namespace Tieout.Shell.Tests.Connectors;

/// <summary>A refusal is one whatever its words hold: U+0000, control characters, half of a surrogate pair, bytes that are no UTF-8, 100 kB.</summary>
public sealed class HostileTextTests
{
    private const string Escaped = """Period closed \u0000\u0007 \ud83d\"\\ \ud83d\ude00 """;
    private const string Read = "Period closed \0\a \uFFFD\"\\ \U0001F600 ";

    private static readonly string Long = new('x', 100_000);

    public static TheoryData<string> Systems => ["netsuite", "dynamics", "odoo", "tryton"];

    [Theory]
    [MemberData(nameof(Systems))]
    public void Words_that_no_text_may_hold_leave_a_refusal_one_that_can_be_read(string system) =>
        Said(system, Encoding.UTF8.GetBytes(Escaped + Long)).ShouldContain(Read + Long);

    [Theory]
    [MemberData(nameof(Systems))]
    public void Bytes_that_are_no_text_leave_a_refusal_one(string system) =>
        Said(system, [.. "closed "u8, 0xC3, 0x28, 0xFF]).ShouldContain("closed \uFFFD(\uFFFD");

    private static string Said(string system, byte[] words) => system switch
    {
        "netsuite" => NetSuiteError.Read(Around("""{"title":"Bad","o:errorDetails":[{"o:errorCode":"USER_ERROR","detail":"|"}]}""", words))!.Text,
        "dynamics" => DynamicsError.Read(Around("""{"error":{"code":"","message":"|"}}""", words))!.Text,
        "odoo" => OdooAnswer.Read(
            200, Around("""{"id":7,"error":{"code":200,"message":"Odoo Server Error","data":{"name":"odoo.exceptions.UserError","message":"|"}}}""", words), null, 7)
            .ShouldBeOfType<OdooReply.Refused>().Error.Text,
        _ => TrytonReply.Of(200, Around("""{"id":1,"error":["UserError",["|","",null]]}""", words), null).ShouldBeOfType<TrytonReply.Refused>().Error.Text,
    };

    private static byte[] Around(string answer, byte[] words) =>
        [.. Encoding.UTF8.GetBytes(answer[..answer.IndexOf('|')]), .. words, .. Encoding.UTF8.GetBytes(answer[(answer.IndexOf('|') + 1)..])];
}
