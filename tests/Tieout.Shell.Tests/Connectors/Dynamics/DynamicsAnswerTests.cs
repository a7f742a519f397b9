using System.Text;
using Tieout.Connectors.Dynamics;

namespace Tieout.Shell.Tests.Connectors.Dynamics;

/// <summary>Answers to a batch, and errors.</summary>
public sealed class DynamicsAnswerTests
{
    private const string Type = "multipart/mixed; boundary=\"batchresponse_1\"";

    private const string Good =
        """
        --batchresponse_1
        Content-Type: multipart/mixed; boundary=changesetresponse_1

        --changesetresponse_1
        Content-Type: application/http
        Content-ID: 1

        HTTP/1.1 201 Created
        Content-Type: application/json

        {"JournalBatchNumber":"K-1"}
        --changesetresponse_1
        Content-Type: application/http
        Content-ID: 2

        HTTP/1.1 201 Created

        {"JournalBatchNumber":"K-1"}
        --changesetresponse_1--
        --batchresponse_1
        Content-Type: application/http

        HTTP/1.1 429 Too Many Requests
        Retry-After: 7

        {"error":{"message":"slow down"}}
        --batchresponse_1--

        """;

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Change_sets_come_in_order_whole_or_failed_as_one(string lineEnd)
    {
        var answers = ODataBatch.Read(Type, Encoding.UTF8.GetBytes(Good.ReplaceLineEndings(lineEnd)));

        answers.Count.ShouldBe(2);
        answers[0].Whole.ShouldBeTrue();
        answers[0].Parts.Select(part => (part.Status, Encoding.UTF8.GetString(part.Body))).ShouldBe(
            [(201, """{"JournalBatchNumber":"K-1"}"""), (201, """{"JournalBatchNumber":"K-1"}""")]);
        (answers[1].Whole, answers[1].Parts.Single().Status, answers[1].Parts.Single().RetryAfter).ShouldBe((false, 429, TimeSpan.FromSeconds(7)));
    }

    [Fact]
    public void An_answer_cut_anywhere_is_no_answer()
    {
        var bytes = Encoding.UTF8.GetBytes(Good.ReplaceLineEndings("\r\n"));
        var end = Encoding.UTF8.GetString(bytes).LastIndexOf("--batchresponse_1--", StringComparison.Ordinal) + "--batchresponse_1--".Length;

        for (var length = 0; length < end; length++) Should.Throw<FormatException>(() => ODataBatch.Read(Type, bytes[..length]));
        ODataBatch.Read(Type, bytes[..end]).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("text/html", "<html></html>")]
    [InlineData("application/json", "{}")]
    [InlineData("multipart/mixed", "--x--")]
    [InlineData("multipart/mixed;boundary=x", "--x\r\nContent-Type: application/http\r\n\r\nHTTP/2 nonsense\r\n\r\n--x--")]
    public void What_is_no_batch_is_no_answer(string type, string body) =>
        Should.Throw<FormatException>(() => ODataBatch.Read(type, Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void What_is_written_is_read_by_the_rules_it_was_written_by()
    {
        var operation = new BatchOperation(new Uri("https://x.example/data/Set?cross-company=true"), """{"a":"ü"}"""u8.ToArray());

        var text = Encoding.UTF8.GetString(ODataBatch.Write("batch_1", [[operation, operation], [operation]]));

        text.Split("--batch_1\r\n").Length.ShouldBe(3);
        text.ShouldEndWith("--batch_1--\r\n");
        text.ShouldContain("Content-ID: 3\r\n\r\nPOST https://x.example/data/Set?cross-company=true HTTP/1.1\r\n");
        text.ShouldNotContain("Content-ID: 4");
    }

    [Theory]
    [InlineData("""{"error":{"code":"","message":"An error has occurred.","innererror":{"message":"Infolog: Error: A","type":"T"}}}""", "Infolog: Error: A")]
    [InlineData("""{"error":{"message":"M","innererror":{"message":"A","internalexception":{"message":"B"}}}}""", "B")]
    [InlineData("""{"error":{"message":"M"}}""", "M")]
    [InlineData("""{"Message":"An exception occured","ExceptionMessage":"E","ExceptionType":"T"}""", "E")]
    [InlineData("""{"Message":"M"}""", "M")]
    [InlineData("""{"value":[]}""", null)]
    [InlineData("""[1]""", null)]
    [InlineData("""<html>""", null)]
    public void The_innermost_words_of_an_error_are_told(string body, string? text) =>
        DynamicsError.Read(Encoding.UTF8.GetBytes(body))?.Text.ShouldBe(text);
}
