using System.CommandLine;
using Tieout.Cli.Internal;
using Tieout.Cli.Verbs;

if (args is ["internal", "hold-database"]) return await HoldDatabase.Run(CancellationToken.None);

// Ctrl-C asks the verb to stop; what is on the wire is finished first, however long an ERP takes to answer.
return await AllVerbs.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = Timeout.InfiniteTimeSpan });
