using Export.Commands;

return await CommandLine.RunAsync(args, Console.Error);
