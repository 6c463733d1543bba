using Toolkit.Autograd.Gradients;
using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.OnnxExport.Import;

namespace Toolkit.Conformance.Files;

/// <summary>
/// A step of steepest descent on the mean square of all outputs, so long that it takes a given share of the loss to first order: p ← p − η·g with η = share·loss/‖g‖². That the loss falls by
/// that share says that the gradient is right in the direction that counts.
/// </summary>
/// <param name="Signature">The step: the loss and the updates.</param>
/// <param name="Loss">The loss alone.</param>
internal sealed record FirstStep(Signature Signature, Signature Loss)
{
    /// <summary>The share of the loss that a step takes to first order.</summary>
    public const double Share = 0.001;

    /// <summary>The parameters that training changes.</summary>
    public static IEnumerable<Parameter> Learned(OnnxModel model) => model.Parameters.Where(parameter => parameter.Role != ParameterRole.State);

    /// <summary>Gives weights that are all zero, and so have no gradient, small numbers.</summary>
    public static void Fill(OnnxModel model)
    {
        var random = new Random(5);
        foreach (Value value in Learned(model).Select(parameter => parameter.Value).Where(value => value.Bytes.IndexOfAnyExcept((byte)0) < 0))
        {
            for (int i = 0; i < value.Count; i++)
                value[i] = (random.NextDouble() - 0.5) / 10;
        }
    }

    public static FirstStep Of(OnnxModel model)
    {
        Signature inference = model.Inference;
        Variable loss = inference.Outputs.Select(output => output.Variable).Where(output => output.DType.IsFloating())
            .Select(output => Ops.Mean(Ops.Cast(output, DType.Float32).Square())).Aggregate(Ops.Add);
        Parameter[] learned = [.. Learned(model)];
        IReadOnlyList<Variable?> gradients = Gradient.OrNull(loss, [.. learned.Select(parameter => parameter.Variable)]);
        (Parameter Parameter, Variable Gradient)[] known = [.. learned.Zip(gradients).Where(pair => pair.Second is not null).Select(pair => (pair.First, pair.Second!))];
        if (known.Length == 0)
            throw new GradientException($"Expected a loss that depends on a parameter of \"{inference.Name}\", found none of {learned.Length}.");
        Variable length = known.Select(pair => Ops.Sum(Ops.Cast(pair.Gradient, DType.Float32).Square())).Aggregate(Ops.Add);
        Variable rate = Share * loss / length;
        Update[] updates = [.. known.Select(pair => new Update(pair.Parameter, pair.Parameter.Variable - Ops.Cast(rate * Ops.Cast(pair.Gradient, DType.Float32), pair.Parameter.DType)))];
        Output[] outputs = [new Output("loss", loss)];
        return new FirstStep(new Signature(inference.Inputs, outputs, updates, inference.Name), new Signature(inference.Inputs, outputs, name: inference.Name));
    }
}
