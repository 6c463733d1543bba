using System.Globalization;
using BenchmarkDotNet.Running;
using Parquet;
using Toolkit.Bench.Data;
using Toolkit.Bench.Kernels;
using Toolkit.Bench.Pipelines;
using Toolkit.Bench.Ratios;
using Toolkit.Bench.Scaling;
using Toolkit.Bench.Steps;
using Toolkit.Bench.Tables;
using Toolkit.Mpi;

// steps [threads] [seconds per case] [NAME,NAME...]   one line per case: NAME <tab> steps/s
// runtime [threads] [seconds per case] [NAME,NAME...] the cases of inference in ONNX Runtime
// cold [threads] [mlp-mnist|cnn-mnist|mlp-small]      seconds to the first finished step, peak memory, the first second's rate over the steady one
// plans [count]                                    milliseconds to make a plan, for 1,000 steps, when every batch has another size
// ratios [threads] [seconds] [rounds] [NAME,NAME...]  ours against TorchSharp and ONNX Runtime in alternation; gemm-random is 50 products of random sizes
// pipelines [rounds]                                 ML.NET: ours against Microsoft.ML.OnnxTransformer and a hand-written loop
// load [seconds]                                     ML.NET: one transformer under eight threads, then 100 loads; fails on a wrong row or a leak
// hashed                                             ML.NET: a network on 65,536 hashed words of 3,000 texts: peak memory, rate of scoring
// recurrent [threads] [seconds per figure]           recurrent layers: time over that of their matrix products
// profile NAME [threads]                              where the time of one case goes
// ablation [threads] [seconds per figure] [NAME,NAME...] the rate that is left of a case without one of the compiler's rewritings
// derivatives [threads] [seconds per figure] [rounds] a Hessian-vector product in gradients, and a recomputed step in plain ones: processor time, in turns
// eigenvalues FOLDER [products]                       the greatest eigenvalues of a Hessian on MNIST, from two vectors
// gemm  [threads] [seconds per case] [PART or MxNxK] [far] matrix products against the multiply-add peak; far: operands and results in memory
// bytes [threads] [seconds per case]                 products of int8 against float32 and ONNX Runtime
// operators [threads] [seconds per case] [PART]      products in batches, convolutions of all kinds against ONNX Runtime
// data [FOLDER]                                       reading of CSV and IDX, augmentation: megabytes and examples a second
// scaling [seconds] [FOLDER]                         how a training step scales with width, depth, batch and threads; plots
// scaling-ranks [seconds per run] [rounds] [examples per process] [mlp|cnn]  two processes under Open MPI, and two apart, against one, and what many would do by these times
// table GIGABYTES FOLDER [none|snappy|zstd] [rounds]  a Parquet table larger than memory: rate against rows in memory, peak memory; killed half way and finished
// anything else                                       BenchmarkDotNet, for example --filter '*Gemm*'
int Threads(int position) => args.Length > position ? int.Parse(args[position], CultureInfo.InvariantCulture) : 1;
double Seconds(int position) => args.Length > position ? double.Parse(args[position], CultureInfo.InvariantCulture) : 4;
HashSet<string>? Names(int position) => args.Length > position ? [.. args[position].Split(',')] : null;

switch (args.FirstOrDefault())
{
    case "steps":
        StepRates.Run(Cases.All(Threads(1)), Seconds(2), Names(3));
        break;
    case "runtime":
        StepRates.Run(Cases.Runtime(Threads(1)), Seconds(2), Names(3));
        break;
    case "cold":
        ColdStart.Run(Threads(1), args.Length > 2 ? args[2] : "mlp-mnist");
        break;
    case "plans":
        PlanTimes.Run(args.Length > 1 ? Threads(1) : 200);
        break;
    case "ratios":
        return RatioTable.Run(Threads(1), Seconds(2), args.Length > 3 ? Threads(3) : 5, Names(4));
    case "pipelines":
        PipelineRatios.Run(args.Length > 1 ? Threads(1) : 5);
        break;
    case "load":
        return LoadTest.Run(args.Length > 1 ? Seconds(1) : 60);
    case "hashed":
        HashedText.Run();
        break;
    case "recurrent":
        RecurrentCosts.Run(Threads(1), Seconds(2));
        break;
    case "profile" when args.Length > 1:
        StepRates.Profile(args[1], Threads(2));
        break;
    case "ablation":
        Ablation.Run(Threads(1), Seconds(2), Names(3));
        break;
    case "derivatives":
        DerivativeCosts.Run(Threads(1), Seconds(2), args.Length > 3 ? Threads(3) : 9);
        break;
    case "eigenvalues" when args.Length > 1:
        HessianEigenvalues.Run(args[1], args.Length > 2 ? Threads(2) : 60);
        break;
    case "gemm":
        GemmPeak.Run(Threads(1), Seconds(2), args.Length > 3 ? args[3] : null, args.Contains("far"));
        break;
    case "bytes":
        ByteProducts.Run(Threads(1), Seconds(2));
        break;
    case "operators":
        OperatorRates.Run(Threads(1), Seconds(2), args.Length > 3 ? args[3] : null);
        break;
    case "data":
        DataRates.Run(args.Length > 1 ? args[1] : Path.GetTempPath());
        break;
    case "scaling":
        ScalingPlots.Run(Seconds(1), args.Length > 2 ? args[2] : ".");
        break;
    case "scaling-ranks":
        return RankScaling.Run(Seconds(1), args.Length > 2 ? Threads(2) : 5, args.Length > 3 ? Threads(3) : 1024, args.Length > 4 ? args[4] : "mlp");
    case "scaling-ranks-job":
        return MpiGroup.Run(group => RankScaling.Job(group, Seconds(1), Threads(2), args[3]));
    case "table" when args.Length > 2:
        return TableRates.Run(Seconds(1), args[2], args.Length > 3 ? Enum.Parse<CompressionMethod>(args[3], ignoreCase: true) : CompressionMethod.None, args.Length > 4 ? Threads(4) : 3);
    case "table-score" when args.Length > 3:
        return TableRates.Score(args[1], args[2], args[3]);
    default:
        BenchmarkSwitcher.FromAssembly(typeof(StepRates).Assembly).Run(args);
        break;
}

return 0;
