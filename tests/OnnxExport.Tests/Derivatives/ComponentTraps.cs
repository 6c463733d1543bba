using Toolkit.Autograd.Graph;
using Toolkit.Autograd.Operations;
using Toolkit.Autograd.Tensors;
using Toolkit.Modeling;
using Toolkit.Modeling.Constraints;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Initializers;
using Toolkit.Modeling.Losses;
using Toolkit.Modeling.Modules;
using Toolkit.Modeling.Optimizers;
using Toolkit.Modeling.Regularizers;
using Toolkit.Modeling.Training;

namespace Toolkit.OnnxExport.Tests.Derivatives;

/// <summary>Penalties and projections of zero weights, clipping of gradients that are very long or short, a mixture with a component far away, a loop, and angles.</summary>
internal static class ComponentTraps
{
    private static readonly double[] Zeros = [0, 0, 0, 0];

    private static readonly double[] Ones = [1, 1, 1, 1];

    private static readonly IReadOnlyList<DType> Single = [DType.Float32], Double = [DType.Float64];

    public static IEnumerable<Trap> All =>
    [
        new("penalty L1", w => Penalty(new L1(1), w), Zeros, 1, Zeros) { Shape = [2, 2], Types = Single },
        new("penalty NormMultiplier", w => Penalty(new NormMultiplier(1), w), Zeros, 1, Zeros) { Shape = [2, 2], Types = Single },
        new("penalty DoubleBackprop", w => Penalty(new DoubleBackprop(1), w), Zeros, 1, Zeros) { Shape = [2, 2], Types = Single },
        .. from constraint in new Constraint[] { new MaxColumnNorm(1), new MaxRowNorm(1), new L2Ball(1), new L1Ball(1) }
           from order in new[] { 0, 1 }
           select new Trap($"projection {constraint.GetType().Name}(1)", w => constraint.Project(w, new Parameter("w", Value.Zeros(w.DType, 2, 2))), Zeros, order, order == 0 ? Zeros : Ones) { Shape = [2, 2] },
        new("clipping at the norm 1", Clipped, [3, 4], 0, [0.6, 0.8]),
        new("clipping at the norm 1", Clipped, [3e200, 4e200], 0, [0.6, 0.8]) { Types = Double },
        new("clipping at the norm 1", Clipped, [3e-200, 4e-200], 0, [3e-200, 4e-200]) { Types = Double },
        new("clipping at the norm 1", Clipped, [3e25, 4e25], 0, [0.6, 0.8]) { Types = Single },
        new("clipping at the norm 1", Clipped, [3e-25, 4e-25], 0, [3e-25, 4e-25]) { Types = Single },
        new("mixture of two, one far away", x => new MixtureDensity(2, 1).Mean(x, Ops.Reshape(Variable.Scalar(0, x.DType), [1, 1])), [0, 0, 0, 1e4, 0, 0], 1, [-0.5, 0.5, 0, 0, 0.999999, 0]) { Shape = [1, 6], AtMost = [-0.5, 0.5, 0, 0, 1, 0] },
        new("product in a loop", x => Ops.Scan([Ops.Expand(Variable.Scalar(1, x.DType), [1])], [Ops.Expand(x, [4, 1])], (s, e) => ([s[0] * e[0]], [])).States[0], [3], 1, [108]),
        new("group normalization, large mean", x => new Autograd.Operations.Normalization.GroupNormalization(1, 0, x.DType).Apply(x, Many(x, 1), Many(x, 0)), [1e6, 1e6 + 0.5, 1e6 + 1], 0, [-1.22474487, 0, 1.22474487]) { Shape = [1, 3, 1], Types = Single, RuntimeDiffers = "it subtracts the mean of another order of sums" },
        new("angle of (0, 0)", Angle, [0, 0], 1, [0, 0]) { RuntimeTypes = Single },
        new("angle of (0, 0)", Angle, [0, 0], 0, [0]) { RuntimeTypes = Single },
        new("angle on the negative axis", Angle, [0, -2], 0, [Math.PI]) { RuntimeTypes = Single },
        new("angle on the negative axis", Angle, [0, -2], 1, [-0.5, 0]) { RuntimeTypes = Single },
        new("angle on the vertical axis", Angle, [-2, 0], 1, [0, 0.5]) { RuntimeTypes = Single },
        new("angle below the negative axis", Angle, [-1, -2], 0, [Math.Atan2(-1, -2)]) { RuntimeTypes = Single },
        new("angle below the negative axis", Angle, [-1, -2], 1, [-0.4, 0.2]) { RuntimeTypes = Single },
        new("angle, squares overflow", Angle, [3e25, 4e25], 1, [1.6e-26, -1.2e-26]) { Types = Single },
    ];

    /// <summary>What a regularizer adds to the objective, as a function of the only weight; its gradient with respect to the parameter is that with respect to what stands in its place.</summary>
    private static Variable Penalty(Regularizer regularizer, Variable w)
    {
        var trainer = new Trainer
        {
            Model = new Sequential(new Dense(2, 2, new RandomSource(1)) { UseBias = false, WeightInitializer = new Zeros() }),
            Loss = new MeanSquaredError(),
            Optimizer = new Sgd(),
            Regularizers = [regularizer],
        };
        trainer.Prepare(DataLayout.Values([2], [2]));
        Signature step = trainer.TrainingStep;
        return new Substitution(new Dictionary<Variable, Variable>(ReferenceEqualityComparer.Instance)
        {
            [trainer.Model.Parameters.Single().Variable] = w,
            [step.Inputs[0]] = Variable.Of(Value.Of([1f, 2f], 1, 2)),
            [step.Inputs[1]] = Variable.Of(Value.Of([0f, 0f], 1, 2)),
        }).Map(step.Outputs[1].Variable - step.Outputs[0].Variable);
    }

    private static Variable Clipped(Variable gradient)
    {
        var parameter = new Parameter("w", Value.Zeros(gradient.DType, 2));
        return -new ClipByNorm(1, new Sgd { LearningRate = 1 }).Updates([new ParameterGradient(parameter, gradient)], new OptimizerState())[0].NewValue;
    }

    private static Variable Angle(Variable yx) => Ops.Atan2(Ops.Slice(yx, 0, 0, 1), Ops.Slice(yx, 0, 1, 2));

    private static Variable Many(Variable like, double number) => Ops.Expand(Variable.Scalar(number, like.DType), [3]);
}
