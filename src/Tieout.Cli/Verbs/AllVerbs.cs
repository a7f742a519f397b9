using System.CommandLine;
using Tieout.Cli.Terminal;

namespace Tieout.Cli.Verbs;

/// <summary>The whole command line.</summary>
internal static class AllVerbs
{
    public static RootCommand Create()
    {
        var root = new RootCommand("Tieout bills subscriptions, posts every invoice exactly once into the ERP that owns it, and ties the books out.")
        {
            Verb.DatabaseOption,
            Verb.JsonOption,
            Verb.DemoOption,
            DemoVerb.Create(),
            ServeVerb.Create(),
            SetUpVerb.Create(),
            ImportVerb.Create(),
            TaxVerbs.Create(),
            RatesVerbs.Create(),
            RateVerb.Create(),
            RecogniseVerb.Create(),
            RevenueVerbs.Create(),
            UsageVerbs.Create(),
            BillVerb.Create(),
            PreviewVerb.Create(),
            DraftVerbs.Create(),
            ChargeVerbs.Create(),
            DiscountVerbs.Create(),
            AccountVerbs.Create(),
            CreditVerbs.CreateCredit(),
            CreditVerbs.CreateVoid(),
            CreditVerbs.CreateWriteOff(),
            JournalVerbs.Create(),
            LedgerVerbs.Create(),
            PaymentVerbs.Create(),
            BankAccountVerbs.Create(),
            StatementVerbs.Create(),
            GatewayVerbs.Create(),
            DunningVerbs.Create(),
            DisputeVerbs.CreateRefund(),
            DisputeVerbs.CreateDispute(),
            MappingVerbs.Create(),
            PostVerb.Create(),
            ReconcileVerb.Create(),
            CloseVerb.Create(),
            MonthVerbs.Create(),
            ShowVerb.Create(),
            StatusVerb.Create(),
            ExceptionVerbs.Create(),
            SubscriptionVerbs.Create(),
            InvoiceVerb.Create(),
            LaneVerbs.Create(),
            PostingVerbs.Create(),
            ConfirmationVerbs.Create(),
            WebhookVerbs.Create(),
            MigrateVerb.Create(),
            BackupVerbs.CreateBackup(),
            BackupVerbs.CreateRestore(),
            SandboxVerb.Create(),
            SimulateVerb.Create(),
        };
        PlainValues.In(root);
        return root;
    }
}
