using System.Text.Json;
using Tieout.Application.Mapping;
using Tieout.Application.Posting;
using Tieout.Connectors.Port;
using Tieout.Domain;
using Tieout.Domain.Posting;
using Tieout.Simulation;
using Tieout.Simulation.Erp;
using Tieout.Simulation.Store;
using Tieout.Simulation.Time;

namespace Tieout.Shell.Tests.Posting;

/// <summary>The rules of the store, in the simulation's memory.</summary>
public sealed class PostingStoreRulesInMemory : PostingStoreRules
{
    internal override Task<StoreWorld> Start() => Task.FromResult<StoreWorld>(new InMemory());

    private sealed class InMemory : StoreWorld
    {
        private readonly VirtualTime _time = new(new Random(1), new DateTimeOffset(2026, 11, 20, 9, 0, 0, TimeSpan.Zero)) { IsDirect = true };
        private readonly MemoryServer _server = new();
        private int _ids;
        private int _next;

        public InMemory()
        {
            Store = new MemoryPosting(new ServerLine(_time, _server, _ => default), new MachineClock(_time, TimeSpan.Zero), NewId);
            foreach (var key in Keys) Add(key, new CustomerRow(NewId(), NewId(), "C-" + key, "Example", "DE", "EUR"), 119m, []);
        }

        public override IPostingStore Store { get; }

        public override DeliveryTarget Target { get; } = new(
            new TargetSettings("erp-de", "simulated", new Uri("http://erp/"), "", "", "", Accounts, new Dictionary<string, string>(StringComparer.Ordinal) { ["T0"] = "0" }, None, null, null, TimeSpan.FromSeconds(2), "rules-1"),
            new SimulatedConnector(new SimulatedErp("erp-de", Temper, null!, null!, null!, null!), null!, null!, new PoisonedDocuments(), Flaws.None), World.Policy, ["DE"]);

        public override IReadOnlyList<string> Keys { get; } = ["DE-1", "DE-2", "DE-3"];

        private static Dictionary<string, string> Accounts => new(StringComparer.Ordinal) { ["receivable"] = "1000", ["revenue"] = "4000" };

        private static ErpTemper Temper => new(true, TimeSpan.Zero, false, false, BatchSize: 100, Slots: 2, TimeSpan.FromSeconds(2), TimeSpan.Zero, World.Policy, null);

        private static Dictionary<string, string> None => new(StringComparer.Ordinal);

        public override void Advance(TimeSpan by) => _time.RunUntil(_time.Now + by);

        public override Task<string> Credit(string invoice)
        {
            var corrected = _server.Books.Rows.Single(row => row.Key == invoice);
            Add("DEC-1", corrected.Customer, -119m, [invoice]);
            return Task.FromResult("DEC-1");
        }

        public override Task<string> Next(string invoice)
        {
            var key = $"{invoice}-{++_next}";
            Add(key, _server.Books.Rows.Single(row => row.Key == invoice).Customer, 119m, []);
            return Task.FromResult(key);
        }

        public override Task Restored()
        {
            _server.Books = _server.Books with { RestoredAt = _time.Now };
            return Task.CompletedTask;
        }

        public override Task<DeliveryTarget> Another()
        {
            _server.Books = _server.Books with { Rules = _server.Books.Rules.Add(("another", "rules-1")) };
            return Task.FromResult(Target with { Settings = Target.Settings with { Name = "another" } });
        }

        public override Task<IAsyncDisposable> Hold(string key) => Task.FromResult<IAsyncDisposable>(new Held(_server.Lock([_server.Books.Keys[key]])));

        public override Task Move(string key, PostingState state)
        {
            _server.Books = _server.Books.Set(_server.Books.Postings[_server.Books.Keys[key]] with { State = state });
            return Task.CompletedTask;
        }

        public override Task<IReadOnlyList<(Guid Id, string Key, string Code)>> OpenCases() => Task.FromResult<IReadOnlyList<(Guid, string, string)>>(
            [.. _server.Books.Cases.FindAll(one => one.IsOpen).Select(one => (one.Id, one.SubjectKey, one.Code))]);

        public override Task Publish(MappingSubject subject, string document)
        {
            using var parsed = JsonDocument.Parse(document);
            var content = MappingReader.Read(subject.Kind, parsed.RootElement, []);
            var mapping = _server.Books.Mapping;
            var number = 1 + (subject.Kind == MappingKind.Routes ? mapping.RoutesNumber : mapping.AccountsOf(subject.Target).Number);
            _server.Books = _server.Books with { Mapping = mapping.With(subject, number, content) };
            return Task.CompletedTask;
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private Guid NewId() => new(++_ids, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);

        private void Add(string key, CustomerRow customer, decimal total, IReadOnlyList<string> corrects) => _server.Books = _server.Books.Add(new PostingRow(
            NewId(), "DE", customer,
            new ErpInvoice(key, customer.Code, "", Currency.Of("EUR"), new DateOnly(2026, 11, 1), new DateOnly(2026, 12, 1), 30,
                [new ErpLine("revenue", total, "Seats", "T0")], [new ErpTax("T0", 0m, total, 0m)], total)
            {
                Corrects = corrects,
            },
            _time.Now));

        private sealed class Held(IDisposable held) : IAsyncDisposable
        {
            public ValueTask DisposeAsync()
            {
                held.Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
