using System.Net;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using Tieout.Connectors.Port;
using Tieout.Domain.Posting;

namespace Tieout.Shell.Tests.Connectors.Legacy;

/// <summary>Faults, errors inside a 200, and a service that holds callers to its own description.</summary>
public sealed class LegacySoapTests() : LegacyStory("legacy-soap")
{
    [Fact]
    public async Task An_error_inside_a_200_books_nothing_and_says_when_to_come_back()
    {
        await Erp.Fault("error-in-200", seconds: 5);

        (await Send(Invoice("T-1"))).ShouldBeOfType<DeliveryOutcome.NotSent>().RetryAfter.ShouldBe(TimeSpan.FromSeconds(5));

        (await Booked("T-1")).ShouldBe(0);
    }

    [Fact]
    public async Task A_fault_that_blames_the_service_leaves_it_in_doubt()
    {
        await Erp.Fault("server-fault");

        (await Send(Invoice("T-1"))).ShouldBeOfType<DeliveryOutcome.NoAnswer>();

        (await LookUp(Invoice("T-1"))).ShouldBeOfType<LookUpOutcome.Found>();
    }

    [Fact]
    public async Task A_fault_that_blames_us_books_nothing_and_one_document_does_not_take_the_others_with_it()
    {
        ErpDocument[] documents = [Invoice("T-1"), Invoice("T-2"), Invoice("T-3")];
        await Erp.Fault("client-fault", count: 2);

        var outcomes = await Connect().Send(documents, Log, CancellationToken.None);

        outcomes[0].ShouldBeOfType<DeliveryOutcome.Refused>().Finding.Code.ShouldBe("not-valid-for-erp");
        outcomes.Skip(1).ShouldAllBe(outcome => outcome is DeliveryOutcome.Accepted);
        (await Booked("T-1")).ShouldBe(0);
    }

    [Theory]
    [InlineData("<e:PostDocuments xmlns:e='urn:tieout:legacy-erp:1'><e:Company>HQ</e:Company></e:PostDocuments>", "PostDocuments", "text/xml")]
    [InlineData("<e:GetDocumentStatus xmlns:e='urn:tieout:legacy-erp:1'><e:Company>HQ</e:Company><e:Key>a key</e:Key></e:GetDocumentStatus>", "GetDocumentStatus", "text/xml")]
    [InlineData("<e:GetDocumentStatus xmlns:e='urn:tieout:legacy-erp:1'><e:Company>HQ</e:Company><e:Key>K</e:Key></e:GetDocumentStatus>", "PostDocuments", "text/xml")]
    [InlineData("<e:GetDocumentStatus xmlns:e='urn:tieout:legacy-erp:1'><e:Company>HQ</e:Company><e:Key>K</e:Key></e:GetDocumentStatus>", "GetDocumentStatus", "application/json")]
    [InlineData("<e:DropLedger xmlns:e='urn:tieout:legacy-erp:1'/>", "DropLedger", "text/xml")]
    public async Task A_call_against_the_description_is_a_fault_of_the_client(string message, string action, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/legacy/soap");
        request.Content = new StringContent(
            $"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>{message}</s:Body></s:Envelope>", Encoding.UTF8, type);
        request.Headers.Add("SOAPAction", $"\"urn:tieout:legacy-erp:1/{action}\"");
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"TIEOUT:{LegacySandbox.Secret}")));

        using var answer = await Erp.Http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("s:Client");
    }

    [Fact]
    public async Task The_description_names_every_operation_and_its_messages_stand_in_the_schema()
    {
        var wsdl = XDocument.Parse(await Erp.Http.GetStringAsync("/legacy/soap?wsdl"));
        using var xsd = XmlReader.Create(await Erp.Http.GetStreamAsync("/legacy/soap?xsd"));
        var schemas = new XmlSchemaSet();
        schemas.Add(null, xsd);
        schemas.Compile();
        XNamespace ns = "http://schemas.xmlsoap.org/wsdl/";

        var parts = wsdl.Descendants(ns + "part").Select(part => part.Attribute("element")!.Value.Split(':')[1]).ToList();

        wsdl.Descendants(ns + "portType").Single().Elements(ns + "operation").Select(operation => operation.Attribute("name")!.Value)
            .ShouldBe(["PostDocuments", "GetDocumentStatus", "ListDocuments", "PutCustomers"]);
        parts.Count.ShouldBe(8);
        foreach (var part in parts) schemas.GlobalElements.Contains(new XmlQualifiedName(part, "urn:tieout:legacy-erp:1")).ShouldBeTrue(part);
    }
}
