using System.CommandLine;
using Export.Commands;

ParseResult result = ExportCommand.Build().Parse(args);
int code = await result.InvokeAsync();
return result.Errors.Count > 0 ? ExitCode.Usage : code;
