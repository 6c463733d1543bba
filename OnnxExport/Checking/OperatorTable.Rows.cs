namespace Toolkit.OnnxExport.Checking;

/// <summary>The rows of the operator table.</summary>
internal static partial class OperatorTable
{
    // One row for each version in which the counts or the attributes of an operator changed, up to operator set 21:
    //   operator  since  inputs  outputs  attribute:type...
    // Counts are "2", "1-3" or "1-*"; "?0,1" lists positions before the last required one that may be left out. Types are f, i, s, t, g, st
    // and tp for float, int, string, tensor, graph, sparse tensor and type, with a trailing s for lists; "!" marks a required attribute.
    // Operators outside the standard domain carry their domain as a prefix. The facts are those of the ONNX operator schemas.
    private const string Rows =
        """
        Abs 1 1 1 consumed_inputs:is
        Abs 6 1 1
        Acos 7 1 1
        Acosh 9 1 1
        Add 1 2 1 axis:i broadcast:i consumed_inputs:is
        Add 6 2 1 axis:i broadcast:i
        Add 7 2 1
        AffineGrid 20 2 1 align_corners:i
        And 1 2 1 axis:i broadcast:i
        And 7 2 1
        ArgMax 1 1 1 axis:i keepdims:i
        ArgMax 12 1 1 axis:i keepdims:i select_last_index:i
        ArgMin 1 1 1 axis:i keepdims:i
        ArgMin 12 1 1 axis:i keepdims:i select_last_index:i
        Asin 7 1 1
        Asinh 9 1 1
        Atan 7 1 1
        Atanh 9 1 1
        AveragePool 1 1 1 auto_pad:s kernel_shape:is! pads:is strides:is
        AveragePool 7 1 1 auto_pad:s count_include_pad:i kernel_shape:is! pads:is strides:is
        AveragePool 10 1 1 auto_pad:s ceil_mode:i count_include_pad:i kernel_shape:is! pads:is strides:is
        AveragePool 19 1 1 auto_pad:s ceil_mode:i count_include_pad:i dilations:is kernel_shape:is! pads:is strides:is
        BatchNormalization 1 5 1-5 consumed_inputs:is! epsilon:f is_test:i momentum:f spatial:i
        BatchNormalization 6 5 1-5 epsilon:f is_test:i momentum:f spatial:i
        BatchNormalization 7 5 1-5 epsilon:f momentum:f spatial:i
        BatchNormalization 9 5 1-5 epsilon:f momentum:f
        BatchNormalization 14 5 1-3 epsilon:f momentum:f training_mode:i
        Bernoulli 15 1 1 dtype:i seed:f
        BitShift 11 2 1 direction:s!
        BitwiseAnd 18 2 1
        BitwiseNot 18 1 1
        BitwiseOr 18 2 1
        BitwiseXor 18 2 1
        BlackmanWindow 17 1 1 output_datatype:i periodic:i
        Cast 1 1 1 to:s!
        Cast 6 1 1 to:i!
        Cast 19 1 1 saturate:i to:i!
        CastLike 15 2 1
        CastLike 19 2 1 saturate:i
        Ceil 1 1 1 consumed_inputs:is
        Ceil 6 1 1
        Celu 12 1 1 alpha:f
        CenterCropPad 18 2 1 axes:is
        Clip 1 1 1 consumed_inputs:is max:f min:f
        Clip 6 1 1 max:f min:f
        Clip 11 1-3 1
        Col2Im 18 3 1 dilations:is pads:is strides:is
        Compress 9 2 1 axis:i
        Concat 1 1-* 1 axis:i
        Concat 4 1-* 1 axis:i!
        ConcatFromSequence 11 1 1 axis:i! new_axis:i
        Constant 1 0 1 value:t!
        Constant 11 0 1 sparse_value:st value:t
        Constant 12 0 1 sparse_value:st value:t value_float:f value_floats:fs value_int:i value_ints:is value_string:s value_strings:ss
        ConstantOfShape 9 1 1 value:t
        Conv 1 2-3 1 auto_pad:s dilations:is group:i kernel_shape:is pads:is strides:is
        ConvInteger 10 2-4 1 auto_pad:s dilations:is group:i kernel_shape:is pads:is strides:is
        ConvTranspose 1 2-3 1 auto_pad:s dilations:is group:i kernel_shape:is output_padding:is output_shape:is pads:is strides:is
        Cos 7 1 1
        Cosh 9 1 1
        CumSum 11 2 1 exclusive:i reverse:i
        DFT 17 1-2 1 axis:i inverse:i onesided:i
        DFT 20 1-3 1 inverse:i onesided:i
        DeformConv 19 3-5 1 dilations:is group:i kernel_shape:is offset_group:i pads:is strides:is
        DepthToSpace 1 1 1 blocksize:i!
        DepthToSpace 11 1 1 blocksize:i! mode:s
        DequantizeLinear 10 2-3 1
        DequantizeLinear 13 2-3 1 axis:i
        DequantizeLinear 21 2-3 1 axis:i block_size:i
        Det 11 1 1
        Div 1 2 1 axis:i broadcast:i consumed_inputs:is
        Div 6 2 1 axis:i broadcast:i
        Div 7 2 1
        Dropout 1 1 1-2 consumed_inputs:is is_test:i ratio:f
        Dropout 6 1 1-2 is_test:i ratio:f
        Dropout 7 1 1-2 ratio:f
        Dropout 12 1-3 1-2 seed:i
        DynamicQuantizeLinear 11 1 3
        Einsum 12 1-* 1 equation:s!
        Elu 1 1 1 alpha:f consumed_inputs:is
        Elu 6 1 1 alpha:f
        Equal 1 2 1 axis:i broadcast:i
        Equal 7 2 1
        Erf 9 1 1
        Exp 1 1 1 consumed_inputs:is
        Exp 6 1 1
        Expand 8 2 1
        EyeLike 9 1 1 dtype:i k:i
        Flatten 1 1 1 axis:i
        Floor 1 1 1 consumed_inputs:is
        Floor 6 1 1
        GRU 1 3-6 2?0 activation_alpha:fs activation_beta:fs activations:ss clip:f direction:s hidden_size:i output_sequence:i
        GRU 3 3-6 0-2 activation_alpha:fs activation_beta:fs activations:ss clip:f direction:s hidden_size:i linear_before_reset:i output_sequence:i
        GRU 7 3-6 0-2 activation_alpha:fs activation_beta:fs activations:ss clip:f direction:s hidden_size:i linear_before_reset:i
        GRU 14 3-6 0-2 activation_alpha:fs activation_beta:fs activations:ss clip:f direction:s hidden_size:i layout:i linear_before_reset:i
        Gather 1 2 1 axis:i
        GatherElements 11 2 1 axis:i
        GatherND 11 2 1
        GatherND 12 2 1 batch_dims:i
        Gelu 20 1 1 approximate:s
        Gemm 1 3 1 alpha:f beta:f broadcast:i transA:i transB:i
        Gemm 7 3 1 alpha:f beta:f transA:i transB:i
        Gemm 11 2-3 1 alpha:f beta:f transA:i transB:i
        GlobalAveragePool 1 1 1
        GlobalLpPool 1 1 1 p:f
        GlobalLpPool 2 1 1 p:i
        GlobalMaxPool 1 1 1
        Greater 1 2 1 axis:i broadcast:i
        Greater 7 2 1
        GreaterOrEqual 12 2 1
        GridSample 16 2 1 align_corners:i mode:s padding_mode:s
        GroupNormalization 18 3 1 epsilon:f num_groups:i!
        GroupNormalization 21 3 1 epsilon:f num_groups:i! stash_type:i
        HammingWindow 17 1 1 output_datatype:i periodic:i
        HannWindow 17 1 1 output_datatype:i periodic:i
        HardSigmoid 1 1 1 alpha:f beta:f consumed_inputs:is
        HardSigmoid 6 1 1 alpha:f beta:f
        HardSwish 14 1 1
        Hardmax 1 1 1 axis:i
        Identity 1 1 1
        If 1 1 1-* else_branch:g! then_branch:g!
        ImageDecoder 20 1 1 pixel_format:s
        InstanceNormalization 1 3 1 consumed_inputs:is epsilon:f
        InstanceNormalization 6 3 1 epsilon:f
        IsInf 10 1 1 detect_negative:i detect_positive:i
        IsNaN 9 1 1
        LRN 1 1 1 alpha:f beta:f bias:f size:i!
        LSTM 1 3-8 0-3 activation_alpha:fs activation_beta:fs activations:ss clip:f direction:s hidden_size:i input_forget:i output_sequence:i
        LSTM 7 3-8 0-3 activation_alpha:fs activation_beta:fs activations:ss clip:f direction:s hidden_size:i input_forget:i
        LSTM 14 3-8 0-3 activation_alpha:fs activation_beta:fs activations:ss clip:f direction:s hidden_size:i input_forget:i layout:i
        LayerNormalization 17 2-3 1-3 axis:i epsilon:f stash_type:i
        LeakyRelu 1 1 1 alpha:f consumed_inputs:is
        LeakyRelu 6 1 1 alpha:f
        Less 1 2 1 axis:i broadcast:i
        Less 7 2 1
        LessOrEqual 12 2 1
        Log 1 1 1 consumed_inputs:is
        Log 6 1 1
        LogSoftmax 1 1 1 axis:i
        Loop 1 3-*?0,1 1-* body:g!
        Loop 11 2-*?0,1 1-* body:g!
        LpNormalization 1 1 1 axis:i p:i
        LpPool 1 1 1 auto_pad:s kernel_shape:is p:f pads:is strides:is
        LpPool 2 1 1 auto_pad:s kernel_shape:is! p:i pads:is strides:is
        LpPool 18 1 1 auto_pad:s ceil_mode:i dilations:is kernel_shape:is! p:i pads:is strides:is
        MatMul 1 2 1
        MatMulInteger 10 2-4 1
        Max 1 1-* 1 consumed_inputs:is
        Max 6 1-* 1
        MaxPool 1 1 1 auto_pad:s kernel_shape:is! pads:is strides:is
        MaxPool 8 1 1-2 auto_pad:s kernel_shape:is! pads:is storage_order:i strides:is
        MaxPool 10 1 1-2 auto_pad:s ceil_mode:i dilations:is kernel_shape:is! pads:is storage_order:i strides:is
        MaxRoiPool 1 2 1 pooled_shape:is! spatial_scale:f
        MaxUnpool 9 2-3 1 kernel_shape:is! pads:is strides:is
        Mean 1 1-* 1 consumed_inputs:is
        Mean 6 1-* 1
        MeanVarianceNormalization 9 1 1 axes:is
        MelWeightMatrix 17 5 1 output_datatype:i
        Min 1 1-* 1 consumed_inputs:is
        Min 6 1-* 1
        Mish 18 1 1
        Mod 10 2 1 fmod:i
        Mul 1 2 1 axis:i broadcast:i consumed_inputs:is
        Mul 6 2 1 axis:i broadcast:i
        Mul 7 2 1
        Multinomial 7 1 1 dtype:i sample_size:i seed:f
        Neg 1 1 1 consumed_inputs:is
        Neg 6 1 1
        NegativeLogLikelihoodLoss 12 2-3 1 ignore_index:i reduction:s
        NonMaxSuppression 10 2-5 1 center_point_box:i
        NonZero 9 1 1
        Not 1 1 1
        OneHot 9 3 1 axis:i
        Optional 15 0-1 1 type:tp
        OptionalGetElement 15 1 1
        OptionalHasElement 15 1 1
        OptionalHasElement 18 0-1 1
        Or 1 2 1 axis:i broadcast:i
        Or 7 2 1
        PRelu 1 2 1 consumed_inputs:is
        PRelu 6 2 1
        Pad 1 1 1 mode:s paddings:is! value:f
        Pad 2 1 1 mode:s pads:is! value:f
        Pad 11 2-3 1 mode:s
        Pad 18 2-4 1 mode:s
        Pow 1 2 1 axis:i broadcast:i
        Pow 7 2 1
        QLinearConv 10 8-9 1 auto_pad:s dilations:is group:i kernel_shape:is pads:is strides:is
        QLinearMatMul 10 8 1
        QuantizeLinear 10 2-3 1
        QuantizeLinear 13 2-3 1 axis:i
        QuantizeLinear 19 2-3 1 axis:i saturate:i
        QuantizeLinear 21 2-3 1 axis:i block_size:i output_dtype:i saturate:i
        RNN 1 3-6 0-2 activation_alpha:fs activation_beta:fs activations:ss clip:f direction:s hidden_size:i output_sequence:i
        RNN 7 3-6 0-2 activation_alpha:fs activation_beta:fs activations:ss clip:f direction:s hidden_size:i
        RNN 14 3-6 0-2 activation_alpha:fs activation_beta:fs activations:ss clip:f direction:s hidden_size:i layout:i
        RandomNormal 1 0 1 dtype:i mean:f scale:f seed:f shape:is!
        RandomNormalLike 1 1 1 dtype:i mean:f scale:f seed:f
        RandomUniform 1 0 1 dtype:i high:f low:f seed:f shape:is!
        RandomUniformLike 1 1 1 dtype:i high:f low:f seed:f
        Range 11 3 1
        Reciprocal 1 1 1 consumed_inputs:is
        Reciprocal 6 1 1
        ReduceL1 1 1 1 axes:is keepdims:i
        ReduceL1 18 1-2 1 keepdims:i noop_with_empty_axes:i
        ReduceL2 1 1 1 axes:is keepdims:i
        ReduceL2 18 1-2 1 keepdims:i noop_with_empty_axes:i
        ReduceLogSum 1 1 1 axes:is keepdims:i
        ReduceLogSum 18 1-2 1 keepdims:i noop_with_empty_axes:i
        ReduceLogSumExp 1 1 1 axes:is keepdims:i
        ReduceLogSumExp 18 1-2 1 keepdims:i noop_with_empty_axes:i
        ReduceMax 1 1 1 axes:is keepdims:i
        ReduceMax 18 1-2 1 keepdims:i noop_with_empty_axes:i
        ReduceMean 1 1 1 axes:is keepdims:i
        ReduceMean 18 1-2 1 keepdims:i noop_with_empty_axes:i
        ReduceMin 1 1 1 axes:is keepdims:i
        ReduceMin 18 1-2 1 keepdims:i noop_with_empty_axes:i
        ReduceProd 1 1 1 axes:is keepdims:i
        ReduceProd 18 1-2 1 keepdims:i noop_with_empty_axes:i
        ReduceSum 1 1 1 axes:is keepdims:i
        ReduceSum 13 1-2 1 keepdims:i noop_with_empty_axes:i
        ReduceSumSquare 1 1 1 axes:is keepdims:i
        ReduceSumSquare 18 1-2 1 keepdims:i noop_with_empty_axes:i
        RegexFullMatch 20 1 1 pattern:s
        Relu 1 1 1 consumed_inputs:is
        Relu 6 1 1
        Reshape 1 1 1 consumed_inputs:is shape:is
        Reshape 5 2 1
        Reshape 14 2 1 allowzero:i
        Resize 10 2 1 mode:s
        Resize 11 3-4 1 coordinate_transformation_mode:s cubic_coeff_a:f exclude_outside:i extrapolation_value:f mode:s nearest_mode:s
        Resize 13 1-4 1 coordinate_transformation_mode:s cubic_coeff_a:f exclude_outside:i extrapolation_value:f mode:s nearest_mode:s
        Resize 18 1-4 1 antialias:i axes:is coordinate_transformation_mode:s cubic_coeff_a:f exclude_outside:i extrapolation_value:f keep_aspect_ratio_policy:s mode:s nearest_mode:s
        ReverseSequence 10 2 1 batch_axis:i time_axis:i
        RoiAlign 10 3 1 mode:s output_height:i output_width:i sampling_ratio:i spatial_scale:f
        RoiAlign 16 3 1 coordinate_transformation_mode:s mode:s output_height:i output_width:i sampling_ratio:i spatial_scale:f
        Round 11 1 1
        STFT 17 2-4 1 onesided:i
        Scan 8 2-*?0 1-* body:g! directions:is num_scan_inputs:i!
        Scan 9 1-* 1-* body:g! num_scan_inputs:i! scan_input_axes:is scan_input_directions:is scan_output_axes:is scan_output_directions:is
        Scatter 9 3 1 axis:i
        Scatter 11 deprecated
        ScatterElements 11 3 1 axis:i
        ScatterElements 16 3 1 axis:i reduction:s
        ScatterND 11 3 1
        ScatterND 16 3 1 reduction:s
        Selu 1 1 1 alpha:f consumed_inputs:is gamma:f
        Selu 6 1 1 alpha:f gamma:f
        SequenceAt 11 2 1
        SequenceConstruct 11 1-* 1
        SequenceEmpty 11 0 1 dtype:i
        SequenceErase 11 1-2 1
        SequenceInsert 11 2-3 1
        SequenceLength 11 1 1
        SequenceMap 17 1-* 1-* body:g!
        Shape 1 1 1
        Shape 15 1 1 end:i start:i
        Shrink 9 1 1 bias:f lambd:f
        Sigmoid 1 1 1 consumed_inputs:is
        Sigmoid 6 1 1
        Sign 9 1 1
        Sin 7 1 1
        Sinh 9 1 1
        Size 1 1 1
        Slice 1 1 1 axes:is ends:is! starts:is!
        Slice 10 3-5 1
        Softmax 1 1 1 axis:i
        SoftmaxCrossEntropyLoss 12 2-3 1-2 ignore_index:i reduction:s
        Softplus 1 1 1
        Softsign 1 1 1
        SpaceToDepth 1 1 1 blocksize:i!
        Split 1 1-2 1-* axis:i split:is
        Split 2 1 1-* axis:i split:is
        Split 13 1-2 1-* axis:i
        Split 18 1-2 1-* axis:i num_outputs:i
        SplitToSequence 11 1-2 1 axis:i keepdims:i
        Sqrt 1 1 1 consumed_inputs:is
        Sqrt 6 1 1
        Squeeze 1 1 1 axes:is
        Squeeze 13 1-2 1
        StringConcat 20 2 1
        StringNormalizer 10 1 1 case_change_action:s is_case_sensitive:i locale:s stopwords:ss
        StringSplit 20 1 2 delimiter:s maxsplit:i
        Sub 1 2 1 axis:i broadcast:i consumed_inputs:is
        Sub 6 2 1 axis:i broadcast:i
        Sub 7 2 1
        Sum 1 1-* 1 consumed_inputs:is
        Sum 6 1-* 1
        Tan 7 1 1
        Tanh 1 1 1 consumed_inputs:is
        Tanh 6 1 1
        TfIdfVectorizer 9 1 1 max_gram_length:i! max_skip_count:i! min_gram_length:i! mode:s! ngram_counts:is! ngram_indexes:is! pool_int64s:is pool_strings:ss weights:fs
        ThresholdedRelu 10 1 1 alpha:f
        Tile 1 3 1
        Tile 6 2 1
        TopK 1 1 2 axis:i k:i!
        TopK 10 2 2 axis:i
        TopK 11 2 2 axis:i largest:i sorted:i
        Transpose 1 1 1 perm:is
        Trilu 14 1-2 1 upper:i
        Unique 11 1 1-4 axis:i sorted:i
        Unsqueeze 1 1 1 axes:is!
        Unsqueeze 13 2 1
        Upsample 1 1 1 height_scale:f! mode:s width_scale:f!
        Upsample 7 1 1 mode:s scales:fs!
        Upsample 9 2 1 mode:s
        Upsample 10 deprecated
        Where 9 3 1
        Xor 1 2 1 axis:i broadcast:i
        Xor 7 2 1
        ai.onnx.preview.training.Adagrad 1 3-* 1-* decay_factor:f epsilon:f norm_coefficient:f
        ai.onnx.preview.training.Adam 1 3-* 1-* alpha:f beta:f epsilon:f norm_coefficient:f norm_coefficient_post:f
        ai.onnx.preview.training.Gradient 1 1-* 1-* xs:ss! y:s! zs:ss
        ai.onnx.preview.training.Momentum 1 3-* 1-* alpha:f! beta:f! mode:s! norm_coefficient:f!
        """;
}
