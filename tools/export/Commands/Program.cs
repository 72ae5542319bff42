using Export.Commands;
using InferenceApi.Runtime;

NativeHeaps.Limit();
return await CommandLine.RunAsync(args, Console.Error);
