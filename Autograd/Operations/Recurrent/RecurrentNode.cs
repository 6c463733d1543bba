using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Tensors;

namespace Toolkit.Autograd.Operations.Recurrent;

/// <summary>Reads and writes the attributes of recurrent operators.</summary>
internal static class RecurrentNode
{
    public static RecurrentOptions Read(OnnxNode node)
    {
        int hidden = node.Has("hidden_size") ? node.Int32("hidden_size") : node[2].Shape is { Rank: 3 } r ? r[2].Size
            : throw new ShapeException($"{node.Operator} expects recurrent weights of rank 3, found {node[2].Shape}.");
        RecurrentDirection direction = node.Text("direction") switch
        {
            // The first version of GRU spells its default "foward".
            "forward" or "foward" => RecurrentDirection.Forward,
            "reverse" => RecurrentDirection.Reverse,
            "bidirectional" => RecurrentDirection.Bidirectional,
            var other => throw new GraphException($"{node.Operator} expects the direction forward, reverse or bidirectional, found \"{other}\"."),
        };
        return new RecurrentOptions(hidden)
        {
            Direction = direction,
            Activations = [.. Activations(node)],
            Clip = node.Has("clip") ? node.Number("clip") : null,
            BatchFirst = node.Knows("layout") && node.Integer("layout") switch
            {
                0 => false,
                1 => true,
                var other => throw new GraphException($"{node.Operator} expects the layout 0 or 1, found {other}."),
            },
        };
    }

    /// <summary>The attributes in the order of their names, without those that have defaults.</summary>
    public static IEnumerable<OnnxAttribute> Write(RecurrentOptions options)
    {
        if (options.Activations.Any(activation => activation.HasAlpha))
            yield return new OnnxAttribute("activation_alpha", (IReadOnlyList<float>)[.. options.Activations.Where(a => a.HasAlpha).Select(a => a.Alpha)]);
        if (options.Activations.Any(activation => activation.HasBeta))
            yield return new OnnxAttribute("activation_beta", (IReadOnlyList<float>)[.. options.Activations.Where(a => a.HasBeta).Select(a => a.Beta)]);
        if (options.Activations.Count > 0)
            yield return new OnnxAttribute("activations", (IReadOnlyList<string>)[.. options.Activations.Select(a => a.Name)]);
        if (options.Clip is { } clip)
            yield return new OnnxAttribute("clip", clip);
        if (options.Direction != RecurrentDirection.Forward)
            yield return new OnnxAttribute("direction", options.Direction == RecurrentDirection.Reverse ? "reverse" : "bidirectional");
        yield return new OnnxAttribute("hidden_size", (long)options.HiddenSize);
    }

    /// <summary>The alphas belong to the activations that have one, in their order; so do the betas.</summary>
    private static IEnumerable<RecurrentActivation> Activations(OnnxNode node)
    {
        if (!node.Has("activations"))
            yield break;
        Queue<float> alphas = new(node.Numbers("activation_alpha") ?? []), betas = new(node.Numbers("activation_beta") ?? []);
        foreach (string name in node.Texts("activations")!)
        {
            RecurrentActivation activation = RecurrentActivation.Of(name);
            yield return activation with
            {
                Alpha = activation.HasAlpha && alphas.TryDequeue(out float alpha) ? alpha : activation.Alpha,
                Beta = activation.HasBeta && betas.TryDequeue(out float beta) ? beta : activation.Beta,
            };
        }
    }
}
