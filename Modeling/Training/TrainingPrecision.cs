namespace Toolkit.Modeling.Training;

/// <summary>What numbers a model computes with in training. Parameters, what an optimizer remembers, losses, checkpoints and exported models have float32 numbers in any case; <see cref="Modules.Model.InferenceIn"/> stores weights in the type that is computed with.</summary>
public enum TrainingPrecision
{
    /// <summary>float32.</summary>
    Float32,

    /// <summary>bfloat16, of the range of float32 and 8 bits of precision: products take and give such numbers, and so does what is computed element by element from their results;
    /// sums and normalizations are float32.</summary>
    BFloat16,

    /// <summary>float16, of 11 bits of precision between 6·10⁻⁸ and 65,504: as <see cref="BFloat16"/>, with a loss that is scaled so that gradients stay in that range. The scale is
    /// halved, and the step passed over, when a gradient is infinite or NaN, and doubled after 2,000 steps without one. Where no scale above
    /// 2⁻²⁴ helps, the training has diverged. Source: Micikevicius et al., "Mixed precision training", 2018.</summary>
    Float16,

    /// <summary>float64.</summary>
    Float64,
}
