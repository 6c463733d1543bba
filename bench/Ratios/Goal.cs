using Toolkit.Bench.Steps;

namespace Toolkit.Bench.Ratios;

/// <summary>Whom a case is compared with.</summary>
internal enum Peer
{
    /// <summary>TorchSharp (libtorch with MKL and oneDNN), a process of its own.</summary>
    TorchSharp,

    /// <summary>ONNX Runtime, in a process of this program.</summary>
    OnnxRuntime,
}

/// <summary>A case and the ratio it is to reach: ours / peer where larger is better (steps per second), at least; where smaller is better (seconds,
/// memory), at most.</summary>
internal sealed record Goal(string Name, Peer Peer, double Target, bool SmallerIsBetter = false)
{
    public static IReadOnlyList<Goal> All { get; } =
    [
        new("train-mlp-small", Peer.TorchSharp, 10),
        new("train-mlp-mnist", Peer.TorchSharp, 2),
        new("train-cnn-mnist", Peer.TorchSharp, 1.3),
        new("hvp-mlp-mnist", Peer.TorchSharp, 1.5),
        new("infer-mlp-mnist-1", Peer.TorchSharp, 1.2),
        new("infer-mlp-mnist-256", Peer.TorchSharp, 1),
        new("infer-cnn-mnist-1", Peer.TorchSharp, 1),
        new("infer-cnn-mnist-64", Peer.TorchSharp, 1),
        new("infer-mlp-mnist-1", Peer.OnnxRuntime, 1.2),
        new("infer-mlp-mnist-256", Peer.OnnxRuntime, 1),
        new("infer-cnn-mnist-1", Peer.OnnxRuntime, 1),
        new("infer-cnn-mnist-64", Peer.OnnxRuntime, 1),
        new("gemm-1024", Peer.TorchSharp, 1),
        new("gemm-2048x2048x2048", Peer.TorchSharp, 1),
        new("gemm-128x512x784", Peer.TorchSharp, 1),
        new("gemm-32x256x256", Peer.TorchSharp, 1),
        new("gemm-64x10x512", Peer.TorchSharp, 1),
        new("gemm-128x10x1024", Peer.TorchSharp, 1),
        new("gemm-1x1024x1024", Peer.TorchSharp, 1),
        new("gemm-tn-784x512x128", Peer.TorchSharp, 1),
        new("gemm-nt-128x784x512", Peer.TorchSharp, 1),
        new("cold-mlp-mnist", Peer.TorchSharp, 0.5, SmallerIsBetter: true),
        new("peak-mib-mlp-mnist", Peer.TorchSharp, 0.5, SmallerIsBetter: true),
    ];

    /// <summary>The random products: none much slower than a peer.</summary>
    public static IReadOnlyList<Goal> Products { get; } =
    [
        .. RandomProducts.All.Select(p => new Goal(p.Name, Peer.TorchSharp, 0.8)),
        .. RandomProducts.All.Select(p => new Goal(p.Name, Peer.OnnxRuntime, 0.8)),
    ];

    public bool IsMetBy(double ratio) => SmallerIsBetter ? ratio <= Target : ratio >= Target;
}
