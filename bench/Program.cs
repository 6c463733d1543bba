using System.Globalization;
using BenchmarkDotNet.Running;
using Toolkit.Bench.Kernels;
using Toolkit.Bench.Steps;

// steps [threads] [seconds per case] [NAME,NAME...]   one line per case: NAME <tab> steps/s
// profile NAME [threads]                              where the time of one case goes
// gemm  [threads] [seconds per case]                  matrix products against the multiply-add peak
// anything else                                       BenchmarkDotNet, for example --filter '*Gemm*'
int Threads(int position) => args.Length > position ? int.Parse(args[position], CultureInfo.InvariantCulture) : 1;
double Seconds(int position) => args.Length > position ? double.Parse(args[position], CultureInfo.InvariantCulture) : 4;

switch (args.FirstOrDefault())
{
    case "steps":
        StepRates.Run(Threads(1), Seconds(2), args.Length > 3 ? [.. args[3].Split(',')] : null);
        break;
    case "profile" when args.Length > 1:
        StepRates.Profile(args[1], Threads(2));
        break;
    case "gemm":
        GemmPeak.Run(Threads(1), Seconds(2));
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(StepRates).Assembly).Run(args);
        break;
}
